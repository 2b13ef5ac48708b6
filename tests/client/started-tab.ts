import { createRally } from '../../client/create-rally.ts';
import type { Rally, RallyOptions } from '../../client/rally.ts';
import { admit, FakeBrowser, type FakeTab, json, settled } from './fake-environment.ts';

export interface StartedTab {
  readonly browser: FakeBrowser;
  readonly tab: FakeTab;
  readonly rally: Rally;
}

/** A tab of this browser with a client that has not been started. */
export function newTab(browser = new FakeBrowser(), options: RallyOptions = {}): StartedTab {
  const tab = browser.newTab();
  const environment = { ...tab.environment, ...options.environment };
  const rally = createRally({ url: 'https://rally.test', ...options, environment });
  return { browser, tab, rally };
}

/** One whose client is trying to connect. */
export async function startedTab(browser?: FakeBrowser, options?: RallyOptions): Promise<StartedTab> {
  const started = newTab(browser, options);
  started.rally.start();
  await settled();
  return started;
}

/** One that was welcomed. */
export async function readyTab(
  browser?: FakeBrowser,
  welcomed: Record<string, unknown> = {},
  options?: RallyOptions,
): Promise<StartedTab> {
  const started = await startedTab(browser, options);
  await admit(started.tab.socket, welcomed);
  return started;
}

/** The server's half of a session that its cookies carry: how often it was renewed, and whether it still can be. */
export class FakeSession {
  refreshes = 0;
  isOver = false;
  /** How long an access token lasts. */
  lifeMs = 15 * 60 * 1000;
  readonly #browser: FakeBrowser;

  constructor(browser: FakeBrowser) {
    this.#browser = browser;
  }

  expiresAt(): string {
    return new Date(this.#browser.time + this.lifeMs).toISOString();
  }

  /** Of `POST /refresh`. The CSRF token stays as long as the session, and two tokens of one second end together. */
  refresh(): Response {
    if (this.isOver) return json(401, { msg: '', code: 'unauthenticated' });
    this.refreshes += 1;
    return json(204, null, {
      'x-session-expires': this.expiresAt(),
      'x-csrftoken': 'csrf-1',
    });
  }
}

export const unauthenticated = (): Response => json(401, { msg: 'Sign in.', code: 'unauthenticated' });

export const message = (cursor: string, content = 'hello', id = '00000000-0000-4000-8000-0000000000ff') => ({
  action: 'new_message',
  data: {
    chat_id: '00000000-0000-4000-8000-0000000000c1',
    id,
    content,
    date: '2026-01-01T00:00:00.000Z',
    sender: 'Bob',
    timestamp: '',
    is_read: false,
    is_liked: false,
  },
  cursor,
});
