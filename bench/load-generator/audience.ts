import { z } from 'zod';
import type { AnnouncementsResult, AudienceSize } from './announcements.ts';
import type { CrowdUser } from './crowd.ts';
import { Latencies } from './latencies.ts';
import { openRawWebSocket } from './raw-websocket.ts';

const LOST_AFTER_MS = 10_000;

/** Which announcement of a tournament or of its end a tab is told of. */
type Told = 'new_tournament' | 'notification_updated';

const created = z.object({ id: z.string() });

const TOURNAMENT = JSON.stringify({ name: 'The cup', required_participants: 4, alias: 'host' });

/** Tabs that hear of tournaments, each of which one of their users announces and closes. */
export class Audience {
  readonly #size: AudienceSize;
  #creator = 0;
  #heard: { readonly told: Told; left: number; readonly done: (error?: Error) => void } | null = null;

  private constructor(size: AudienceSize) {
    this.#size = size;
  }

  /** Resolves when every tab has been welcomed. */
  static async connect(size: AudienceSize): Promise<Audience> {
    const audience = new Audience(size);
    for (const user of size.users)
      await Promise.all(Array.from({ length: size.tabsPerUser }, () => audience.#openTab(user)));
    return audience;
  }

  /** Rejects when one is refused, or when a tab does not hear of it. */
  async announce(count: number): Promise<AnnouncementsResult> {
    const [answered, heard] = [new Latencies(), new Latencies()];
    for (let number = 0; number < count; number += 1) {
      const creator = this.#nextCreator();
      const at = performance.now();
      const pushed = this.#everybodyElseHears('new_tournament').then(() => heard.add(performance.now() - at));
      const { id } = created.parse(await this.#ask(creator, 'POST', '/api/tournaments', TOURNAMENT));
      answered.add(performance.now() - at);
      await pushed;
      const closed = this.#everybodyElseHears('notification_updated');
      await this.#ask(creator, 'DELETE', `/api/tournaments/${id}`);
      await closed;
    }
    return { answered: answered.percentiles(), heard: heard.percentiles() };
  }

  #nextCreator(): CrowdUser {
    const { users } = this.#size;
    const creator = users[this.#creator++ % users.length];
    if (!creator) throw new RangeError('nobody to announce anything');
    return creator;
  }

  #everybodyElseHears(told: Told): Promise<void> {
    const { users, tabsPerUser } = this.#size;
    return new Promise((resolve, reject) => {
      const end = (error?: Error) => {
        clearTimeout(losing);
        this.#heard = null;
        error ? reject(error) : resolve();
      };
      const losing = setTimeout(() => {
        end(new Error(`${this.#heard?.left} tabs did not hear of ${told}`));
      }, LOST_AFTER_MS);
      this.#heard = { told, left: (users.length - 1) * tabsPerUser, done: end };
    });
  }

  #listen(payload: string): void {
    const heard = this.#heard;
    if (!heard || !payload.startsWith(`{"action":"${heard.told}"`)) return;
    heard.left -= 1;
    if (heard.left === 0) heard.done();
  }

  async #ask({ headers }: CrowdUser, method: string, path: string, body?: string): Promise<unknown> {
    const response = await fetch(`${this.#size.address}${path}`, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  }

  #openTab({ path, headers }: CrowdUser): Promise<void> {
    return new Promise((resolve, reject) => {
      openRawWebSocket(this.#size.address, path, headers, {
        text: (payload) => {
          if (payload.startsWith('{"action":"welcome"')) resolve();
          else this.#listen(payload);
        },
        closed: (reason) => {
          const error = new Error(`a tab was closed: ${reason}`);
          reject(error);
          this.#heard?.done(error);
        },
      }).catch(reject);
    });
  }
}
