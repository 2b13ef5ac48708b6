import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { freshName, PASSWORD } from '../support/api-client.ts';
import { openChromium } from '../support/chromium.ts';
import type { Deployment } from '../support/deployment.ts';
import { PATIENCE_MS } from '../support/patience.ts';

/** A Rally, a browser, and the people who look at it. */
export class Stage {
  readonly deployment: Deployment;
  readonly browser: Browser;
  readonly #contexts: BrowserContext[] = [];
  readonly #problems: string[] = [];
  readonly #ends: (() => Promise<unknown>)[] = [];

  private constructor(deployment: Deployment, browser: Browser) {
    this.deployment = deployment;
    this.browser = browser;
  }

  static async open(start: () => Promise<Deployment>): Promise<Stage> {
    const browser = await openChromium();
    if (!browser) throw new Error('there is no Chromium');
    return new Stage(await start(), browser);
  }

  /** Of the first gateway. */
  get address(): string {
    return this.deployment.addresses[0];
  }

  /** Somebody who has just signed up, with a browser profile of their own; `gateway`: which one they come to. */
  async person(prefix: string, gateway = 0, options: BrowserContextOptions = {}): Promise<Person> {
    const address = this.deployment.addresses[gateway] ?? this.address;
    const username = freshName(prefix);
    const context = await this.visitor(options);
    const answer = await context.request.post(`${address}/api/signup`, {
      data: {
        username,
        email: `${username}@example.com`,
        password: PASSWORD,
        password_repeat: PASSWORD,
      },
    });
    if (answer.status() !== 201) throw new Error(`no account: ${await answer.text()}`);
    return new Person(username, address, context);
  }

  /** A browser profile in which nobody is signed in. What goes wrong in its pages is reported by `assertNoProblems`. */
  async visitor(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const context = await this.browser.newContext({ locale: 'en-GB', ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    context.on('weberror', (error) => this.#problems.push(String(error.error())));
    context.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) this.#problems.push(message.text());
    });
    this.#contexts.push(context);
    return context;
  }

  /** After each test: no page has thrown, or tried what its policy forbids. */
  assertNoProblems(): void {
    const problems = this.#problems.splice(0);
    if (problems.length > 0) throw new Error(`pages had problems:\n${problems.join('\n')}`);
  }

  /** What else has to be ended between tests. */
  onClear(end: () => Promise<unknown>): void {
    this.#ends.push(end);
  }

  /** Ends what people have open, between tests. */
  async clear(): Promise<void> {
    await Promise.all(this.#ends.splice(0).map((end) => end()));
    await Promise.all(this.#contexts.splice(0).map((context) => context.close()));
  }

  async close(): Promise<void> {
    await this.clear();
    await this.browser.close();
    await this.deployment.stop();
  }
}

export class Person {
  readonly username: string;
  readonly address: string;
  readonly context: BrowserContext;

  constructor(username: string, address: string, context: BrowserContext) {
    this.username = username;
    this.address = address;
    this.context = context;
  }

  /** As a page would: a `POST` of the HTTP API. */
  async post(path: string, data: object): Promise<void> {
    const csrf = (await this.context.cookies()).find(({ name }) => name === 'csrftoken');
    const headers = { origin: this.address, 'x-csrftoken': csrf?.value ?? '' };
    const answer = await this.context.request.post(`${this.address}/api${path}`, { data, headers });
    if (!answer.ok()) throw new Error(`POST ${path}: ${await answer.text()}`);
  }

  /** Another tab, when the page has shown itself and its connection stands. */
  async openTab(path = '/'): Promise<Page> {
    const page = await this.context.newPage();
    await page.goto(`${this.address}${path}`);
    await page.getByRole('navigation').waitFor();
    return page;
  }
}

/** Looks for faults that keep people out, in light and in dark. */
export async function assertAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // A change of colours takes Chromium a frame.
    await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(
      ({ id, nodes }) =>
        `${colorScheme}: ${id}: ${nodes.map(({ html, failureSummary }) => `${html}\n${failureSummary}`).join('\n')}`,
    );
    if (found.length > 0) throw new Error(found.join('\n\n'));
  }
}
