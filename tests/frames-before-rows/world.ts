import type { MissedPushesParts } from '../../gateway/websocket/missed-pushes.ts';
import type { AddressedPush } from '../../projection-service/publisher.ts';
import { type Cursor, cursorAfter, formatCursor, isAfter } from '../../protocol/cursor.ts';
import { replyText } from '../../protocol/frame-texts.ts';
import type { PresenceState } from '../../protocol/presence-states.ts';
import type { Audience, Push } from '../../protocol/pushes.ts';
import { USERNAME_LIMIT } from '../../protocol/scalars.ts';
import { presenceFrame } from '../../protocol/server-frames.ts';
import type { PlacedPresence } from '../../read-models/presence/presence-states.ts';
import type { ReadModels } from '../../read-models/read-models.ts';

/** Resolves when it is this one's turn. */
export type Schedule = (label: string) => Promise<void>;

const LOG = '7';

interface LoggedPush extends AddressedPush {
  readonly isFor: (user: string) => boolean;
}

/** Stands among excepted users for so many others that no message takes their keys: what is not for them leaves a hole. */
export const THOUSANDS = 'thousands';

const ABSENT = Array.from({ length: 21_000 }, (_, index) => String(index).padStart(USERNAME_LIMIT, '0'));

const isFor = (to: Audience, user: string): boolean =>
  'users' in to ? to.users.includes(user) : !to.everyoneBut.includes(user);

const published = (to: Audience): Audience =>
  'everyoneBut' in to && to.everyoneBut.includes(THOUSANDS)
    ? { everyoneBut: [...to.everyoneBut, ...ABSENT] }
    : to;

/** From one event on somebody is online, or is not. */
export interface ModelPresence {
  readonly person: string;
  readonly isOnline: boolean;
}

/** As rows have it; of who was never there without a place. */
const presenceOf = ({ person, isOnline }: ModelPresence, position: bigint): PlacedPresence => ({
  user_key: person,
  username: person,
  nickname: person,
  is_online: isOnline,
  date: position.toString(),
  position,
});

/** The log: events in order, and whom each one tells what. */
export class Log {
  readonly #events: (readonly LoggedPush[])[] = [];
  readonly #presence: (ModelPresence | null)[] = [];
  readonly #onAppended: (() => void)[] = [];

  get end(): bigint {
    return BigInt(this.#events.length);
  }

  /** An event with a frame for each of these, that maybe says who is online. */
  append(audiences: readonly Audience[], presence: ModelPresence | null): void {
    const position = this.end + 1n;
    this.#presence.push(presence);
    this.#events.push(
      audiences.map((to, ordinal) => {
        const cursor = { position, ordinal, log: LOG };
        const text = JSON.stringify({ action: 'new_message', cursor: formatCursor(cursor) });
        return { to: published(to), cursor, text, isFor: (user: string) => isFor(to, user) };
      }),
    );
    for (const wake of this.#onAppended) wake();
  }

  onAppended(wake: () => void): void {
    this.#onAppended.push(wake);
  }

  /** What the events after `after` tell, at most `count` events. */
  pushesAfter(after: bigint, count: number): readonly AddressedPush[] {
    return this.#events.slice(Number(after), Number(after) + count).flat();
  }

  /** What these events say of who is online. */
  statesAfter(after: bigint, count: number): readonly PresenceState[] {
    const states = this.#presence.slice(Number(after), Number(after) + count).map((presence, index) => {
      const position = after + BigInt(index) + 1n;
      if (!presence) return null;
      const row = presenceOf(presence, position);
      const text = replyText(presenceFrame(row.is_online, row));
      return { userKey: row.user_key, cursor: { position, ordinal: 0, log: LOG }, text };
    });
    return states.filter((state) => state !== null);
  }

  /** The newest that is so of each person who was ever there. */
  presenceUpTo(upTo: bigint): PlacedPresence[] {
    const newest = new Map<string, PlacedPresence>();
    for (const [index, presence] of this.#presence.slice(0, Number(upTo)).entries())
      if (presence) newest.set(presence.person, presenceOf(presence, BigInt(index) + 1n));
    return [...newest.values()];
  }

  /** What a user is told between two places. */
  feedOf(user: string, after: Cursor, upTo: bigint): readonly Push[] {
    return this.#events
      .slice(0, Number(upTo))
      .flat()
      .filter((push) => push.isFor(user))
      .flatMap(({ cursor, text }) => (cursor && isAfter(cursor, after) ? { cursor, text } : []));
  }
}

type FindMissed = MissedPushesParts['missed'];

export interface Checkpoint {
  readonly epoch: bigint;
  readonly position: bigint;
}

export class Replaced extends Error {}

/**
 * The rows of the read models, as far as tabs see them, and the right to write them: one leader at a time, a write holds in its
 * epoch and from the checkpoint that it goes on from. Every statement and every answer takes as long as the schedule says.
 */
export class Rows {
  readonly #log: Log;
  readonly #schedule: Schedule;
  /** Checkpoints that were written, the newest last. */
  readonly #written = [0n];
  readonly #writeSteps: number;
  #epoch = 0n;
  #connections = 0;
  #onReplaced = () => {};

  /** `writeSteps`: how long a write takes. */
  constructor(log: Log, schedule: Schedule, writeSteps: number) {
    this.#log = log;
    this.#schedule = schedule;
    this.#writeSteps = writeSteps;
  }

  get position(): bigint {
    return this.#written.at(-1) ?? 0n;
  }

  /** Whoever led before may not write any more. `onReplaced`: somebody else has taken over. */
  async takeOver(onReplaced: () => void): Promise<Checkpoint & { readonly connection: number }> {
    await this.#schedule('takes over');
    this.#onReplaced();
    this.#onReplaced = onReplaced;
    this.#epoch += 1n;
    const taken = { epoch: this.#epoch, position: this.position, connection: this.#connections };
    await this.#schedule('has taken over');
    return taken;
  }

  async write(leader: Checkpoint & { readonly connection: number }, position: bigint): Promise<void> {
    for (let step = 0; step < this.#writeSteps; step += 1) await this.#schedule('writes');
    const { connection, epoch } = leader;
    if (connection !== this.#connections || epoch !== this.#epoch || leader.position !== this.position)
      throw new Replaced();
    this.#written.push(position);
    await this.#schedule('has written');
  }

  /** The database crashes: connections end, and the newest writes, which no disk has, never were. */
  forget(writes: number): void {
    this.#connections += 1;
    this.#written.splice(Math.max(1, this.#written.length - writes));
  }

  missed: FindMissed = async (user, after) => {
    await this.#schedule('rows are read');
    const snapshot = { epoch: this.#epoch, upTo: cursorAfter(this.position, LOG) };
    const isKnown = after && !isAfter(after, snapshot.upTo);
    const missed: Awaited<ReturnType<FindMissed>> = isKnown
      ? {
          outcome: 'complete',
          pushes: this.#log.feedOf(user.toLowerCase(), after, this.position),
          ...snapshot,
        }
      : { outcome: 'incomplete', ...snapshot };
    await this.#schedule('rows have been read');
    return missed;
  };

  presenceSince: ReadModels['presenceSince'] = ({ after, limit }) =>
    this.#readPresence((known) =>
      known
        .filter(({ position }) => position > after)
        .sort((a, b) => Number(a.position - b.position))
        .slice(0, limit),
    );

  presenceOf: ReadModels['presenceOf'] = (names) =>
    this.#readPresence((known) =>
      names.map(
        (name) =>
          known.find(({ user_key }) => user_key === name) ??
          presenceOf({ person: name, isOnline: false }, 0n),
      ),
    );

  async #readPresence(answer: (known: PlacedPresence[]) => PlacedPresence[]) {
    await this.#schedule('presence is read');
    const snapshot = { epoch: this.#epoch, upTo: cursorAfter(this.position, LOG) };
    const read = { answer: answer(this.#log.presenceUpTo(this.position)), ...snapshot };
    await this.#schedule('presence has been read');
    return read;
  }

  projectedPosition = async (): Promise<bigint> => {
    await this.#schedule('the checkpoint is read');
    return this.position;
  };
}
