import { type ComponentChildren, render } from 'preact';
import type { Rally } from '../../client/index.ts';
import { Announcer } from '../kit/announcer.tsx';
import { chooseLanguage, type Language } from '../kit/language.ts';
import { pathOf, type Route } from '../kit/routes.ts';
import type { Surroundings } from '../kit/surroundings.ts';
import { Toasts } from '../kit/toasts.tsx';
import css from './embed.css?inline';
import { Embedded } from './embedded.tsx';
import { sharedRally, type TokenSource } from './shared-rally.ts';

const sheet = new CSSStyleSheet();
sheet.replaceSync(css);

/** Where this script comes from is where Rally is. */
const OWN_ORIGIN = new URL(import.meta.url).origin;

/**
 * A part of Rally as an element of somebody else's page, in one shadow root, so that neither's styles reach the other.
 *
 * Attributes: `url` (origin of the Rally; none: where the script comes from), `lang` (`en`, `fr`; none: as the page's), `theme`
 * (`light`, `dark`; none: as the system's), `game-url` (where games are played, `{game_id}` in place of the id).
 *
 * Events, all of which bubble: `rally-unread` with how many messages and notifications wait, `rally-navigate` with where a link
 * leads (cancel it to go there yourself; otherwise it opens Rally's own page), `rally-signed-out`.
 */
export abstract class RallyElement extends HTMLElement {
  static readonly observedAttributes = ['url', 'lang', 'theme', 'game-url', 'user'];

  /** Set it before the element stands in the page: tokens of the host's own in place of Rally's cookies. */
  session: TokenSource | null = null;

  readonly #root: ShadowRoot;
  readonly #toasts = new Toasts();
  readonly #announcer = new Announcer(() => this.#language);
  /** While it stands in a page. */
  #rally: Rally | null = null;
  #ends: (() => void)[] = [];

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: 'open' });
    this.#root.adoptedStyleSheets = [sheet];
  }

  connectedCallback(): void {
    const rally = sharedRally(this.#url, this.session);
    const { me } = rally.stores;
    const tellUnread = () => {
      const self = me.get();
      if (!self) return;
      const { unread_messages_count: messages, unread_notifications_count: notifications } = self;
      this.#tell('rally-unread', { messages, notifications });
    };
    const tellSignedOut = () => {
      if (rally.session.get().phase === 'signed_out') this.#tell('rally-signed-out', null);
    };
    this.#ends = [me.subscribe(tellUnread), rally.session.subscribe(tellSignedOut)];
    this.#rally = rally;
    rally.start();
    this.#show(rally);
  }

  disconnectedCallback(): void {
    render(null, this.#root);
    for (const end of this.#ends) end();
    this.#rally?.stop();
    this.#rally = null;
    this.#announcer.stop();
    this.#toasts.stop();
  }

  /** `url` counts when the element comes into a page. */
  attributeChangedCallback(): void {
    if (this.#rally) this.#show(this.#rally);
  }

  /** What it shows to somebody who is signed in. */
  protected abstract content(): ComponentChildren;

  /** Answers whether the element itself went there. */
  protected goesTo(_route: Route): boolean {
    return false;
  }

  get #url(): string {
    return this.getAttribute('url') ?? OWN_ORIGIN;
  }

  get #language(): Language {
    return chooseLanguage([this.lang, document.documentElement.lang, ...navigator.languages]);
  }

  #show(rally: Rally): void {
    const surroundings: Surroundings = {
      rally,
      language: this.#language,
      navigation: { go: (route) => this.#go(route), href: (route) => `${this.#url}${pathOf(route)}` },
      announce: (text) => this.#announcer.announce(text),
      showToast: (toast) => this.#toasts.show(toast),
      dismissToast: (key) => this.#toasts.dismiss(key),
      gameUrl: this.getAttribute('game-url'),
    };
    render(
      <Embedded surroundings={surroundings} announcer={this.#announcer} toasts={this.#toasts}>
        {this.content()}
      </Embedded>,
      this.#root,
    );
  }

  #go(route: Route): void {
    if (this.goesTo(route)) return;
    const href = `${this.#url}${pathOf(route)}`;
    if (this.#tell('rally-navigate', { route, href })) window.open(href, '_blank', 'noopener');
  }

  /** Whether the host leaves it to us. */
  #tell(type: string, detail: unknown): boolean {
    return this.dispatchEvent(
      new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable: true }),
    );
  }
}
