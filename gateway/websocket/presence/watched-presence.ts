import { setTimeout as pause } from 'node:timers/promises';
import { jittered } from '../../../platform/pause.ts';
import type { Cursor } from '../../../protocol/cursor.ts';
import { replyText } from '../../../protocol/frame-texts.ts';
import { isUsername } from '../../../protocol/scalars.ts';
import { presenceFrame } from '../../../protocol/server-frames.ts';
import type { UserPresence } from '../../../read-models/presence/presence-states.ts';
import type { ReadModels } from '../../../read-models/read-models.ts';
import { ReadModelsUnavailable, type Snapshot } from '../../../read-models/snapshot.ts';
import { userKey } from '../../../read-models/user-key.ts';
import type { Leader } from '../../leader.ts';
import type { ProjectedPosition } from '../../projected-position.ts';
import type { FrameSender, ReadInTurn } from '../own-reads.ts';
import type { PresencePushes } from './presence-pushes.ts';

/** Before rows are read again that were behind what had been heard already. */
const AGAIN_MS = 50;

export interface WatchedPresenceParts {
  readonly presencePushes: Pick<PresencePushes, 'watch' | 'fill' | 'last'>;
  readonly presenceOf: ReadModels['presenceOf'];
  readonly leader: Pick<Leader, 'publishedWithin'>;
  readonly projected: Pick<ProjectedPosition, 'waitFor'>;
  readonly read: ReadInTurn;
  /** How long a frame may take. */
  readonly patienceMs: number;
}

/** Lets tabs watch some users, and tells them what is so at the beginning. */
export class WatchedPresence {
  readonly #parts: WatchedPresenceParts;

  constructor(parts: WatchedPresenceParts) {
    this.#parts = parts;
  }

  /**
   * The tab hears of these at once, and then what is so is read: so whatever it does not read, it hears. Rejects with
   * `ReadModelsUnavailable` when it cannot be read in time: then the tab watches them, but has not been told what is so now.
   */
  async watch(usernames: readonly string[], sender: FrameSender): Promise<null> {
    const { presencePushes } = this.#parts;
    const keys = new Set(usernames.filter(isUsername).map(userKey));
    const list = presencePushes.watch(sender.id, keys);
    if (!list || keys.size === 0) return null;
    const { answer, upTo } = await this.#readBehind(presencePushes.last, [...keys], sender);
    const states = answer.map((row) => ({
      userKey: row.user_key,
      text: replyText(presenceFrame(row.is_online, row)),
    }));
    presencePushes.fill(list, states, upTo.position);
    return null;
  }

  /** In which all is that has been heard, and all that the leader has published. */
  async #readBehind(
    heard: Cursor | null,
    keys: readonly string[],
    sender: FrameSender,
  ): Promise<Snapshot<UserPresence[]>> {
    const { leader, projected, presenceOf, read, patienceMs } = this.#parts;
    const deadline = performance.now() + patienceMs;
    while (sender.isOpen && performance.now() < deadline) {
      const published = await leader.publishedWithin(deadline - performance.now());
      if (!published || !(await projected.waitFor(published.position))) continue;
      const found = await read(sender, () => presenceOf(keys));
      const isBehindHeard = heard && heard.log === found.upTo.log && heard.position > found.upTo.position;
      if (!isBehindHeard && found.upTo.position >= published.position) return found;
      await pause(jittered(AGAIN_MS), null, { ref: false });
    }
    throw new ReadModelsUnavailable('nobody leads the projection, or it has not caught up');
  }
}
