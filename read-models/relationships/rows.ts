import type { DomainEvent } from '../../domain/domain-event.ts';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import { lines } from '../columns.ts';
import { KnownRows } from '../known-rows.ts';
import type { Database, RoomRows, TableWrite } from '../room.ts';
import { userKey } from '../user-key.ts';
import { readBlockers, readStances, type StanceRow } from './row-reads.ts';

/** How many are remembered besides what has changed: some megabytes. */
const REMEMBERED = { stances: 20_000, blockers: 50_000 };

export type Stance = Pick<StanceRow, 'blocks' | 'befriends'>;

/** What the leader holds of who is whose friend and who blocks whom. */
export class RelationshipRows implements RoomRows {
  /** By both keys. */
  readonly #stances: KnownRows<string, StanceRow>;
  /** All who block a user, by that user's key: derived from the rows, never written. */
  readonly #blockers = new Map<string, Set<string>>();
  /** Users and their blockers, together. */
  #blockersHeld = 0;
  readonly #blockersLimit: number;

  constructor(remembered = REMEMBERED) {
    this.#stances = new KnownRows(remembered.stances);
    this.#blockersLimit = remembered.blockers;
  }

  /** Of the two whom an event of the batch is about: of relationships, or an invitation that was sent. */
  stance(key: string, towards: string): StanceRow {
    const stance = this.#stances.get(placeOf({ key, towards }));
    if (!stance) throw new Error('a relationship that was not loaded');
    return stance;
  }

  set(stance: StanceRow): void {
    this.#stances.set(placeOf(stance), stance);
    const blockers = this.#blockers.get(stance.towards);
    if (!blockers) return;
    this.#blockersHeld -= blockers.size;
    setMember(blockers, stance);
    this.#blockersHeld += blockers.size;
  }

  /**
   * Who blocks this user at this place of the log, by keys and in no order; for rooms that come later and have loaded them for the batch. What
   * later events do to it shows in it, so whoever keeps it makes a copy.
   */
  blockersOf(key: string): ReadonlySet<string> {
    const blockers = this.#blockers.get(key);
    if (!blockers) throw new Error('blockers that were not loaded');
    return blockers;
  }

  /**
   * For the `load` of such a room. What was not written when it was asked is put in afterwards: nobody knows whether the database had it
   * by then, and the write may be done before the answer is here. No event is folded meanwhile.
   */
  async loadBlockersOf(database: Database, keys: Iterable<string>): Promise<void> {
    const missing = [...new Set(keys)].filter((key) => !this.#blockers.has(key));
    if (missing.length === 0) return;
    const unwritten = this.#stances.unwritten();
    const found = new Map(missing.map((key) => [key, new Set<string>()]));
    for (const { blocker_key, blocked_key } of await readBlockers(database, missing)) {
      found.get(blocked_key)?.add(blocker_key);
    }
    for (const stance of unwritten) setMember(found.get(stance.towards), stance);
    for (const [key, blockers] of found) {
      this.#blockers.set(key, blockers);
      this.#blockersHeld += 1 + blockers.size;
    }
  }

  async load(database: Database, events: readonly RecordedEvent[]): Promise<void> {
    if (this.#blockersHeld > this.#blockersLimit) {
      this.#blockers.clear();
      this.#blockersHeld = 0;
    }
    const asked = new Map<string, Pick<StanceRow, 'key' | 'towards'>>();
    for (const { event } of events) {
      const [first, second] = usersOf(event) ?? [];
      if (first === undefined || second === undefined) continue;
      for (const side of [
        { key: first, towards: second },
        { key: second, towards: first },
      ])
        asked.set(placeOf(side), side);
    }
    if (asked.size === 0) return;
    const missing = this.#stances.missing(asked.keys()).flatMap((place) => asked.get(place) ?? []);
    if (missing.length === 0) return;
    for (const stance of await readStances(database, missing)) {
      this.#stances.remember(placeOf(stance), stance);
    }
  }

  takeWrites(): TableWrite[] {
    const changed = this.#stances.take();
    return [
      insertPairs(
        'blocks',
        changed.filter(({ blocks }) => blocks),
      ),
      deletePairs(
        'blocks',
        changed.filter(({ blocks }) => !blocks),
      ),
      insertPairs(
        'friendships',
        changed.filter(({ befriends }) => befriends),
      ),
      deletePairs(
        'friendships',
        changed.filter(({ befriends }) => !befriends),
      ),
    ];
  }

  written(): void {
    this.#stances.written();
  }
}

const placeOf = ({ key, towards }: Pick<StanceRow, 'key' | 'towards'>): string => `${key} ${towards}`;

function setMember(blockers: Set<string> | undefined, { key, blocks }: StanceRow): void {
  if (blocks) blockers?.add(key);
  else blockers?.delete(key);
}

/** The keys of the two whose stances the event changes, or later rooms ask for at it; null: nobody does. */
function usersOf({ type, data }: DomainEvent): readonly [string, string] | null {
  switch (type) {
    case 'FriendAdded':
      return [userKey(data.adder), userKey(data.friend)];
    case 'FriendRemoved':
      return [userKey(data.remover), userKey(data.friend)];
    case 'UserBlocked':
    case 'UserUnblocked':
      return [userKey(data.blocker), userKey(data.blocked)];
    case 'InviteSent':
      return [userKey(data.inviter), userKey(data.invitee)];
    default:
      return null;
  }
}

/** Columns of a table of pairs: those of who did it, and to whom. */
const PAIR_KEYS = {
  blocks: ['blocker_key', 'blocked_key'],
  friendships: ['adder_key', 'friend_key'],
} as const;

/** They may be there already, when they went and came back since the last write. */
const insertPairs = (table: keyof typeof PAIR_KEYS, rows: readonly StanceRow[]): TableWrite => ({
  name: `${table}_set`,
  sql: `insert into ${table} (${PAIR_KEYS[table].join(', ')}) select r.* from fence, :rows r on conflict do nothing`,
  rows: rows.length,
  columns: keys(rows),
});

/** Most of them were not there: a stance has changed in another way. */
const deletePairs = (table: keyof typeof PAIR_KEYS, rows: readonly StanceRow[]): TableWrite => ({
  name: `${table}_lifted`,
  sql: `delete from ${table} t using fence, :rows r (key, towards)
    where (t.${PAIR_KEYS[table].join(', t.')}) = (r.key, r.towards)`,
  rows: rows.length,
  columns: keys(rows),
});

const keys = (rows: readonly StanceRow[]) => [
  lines('text', rows, (row) => row.key),
  lines('text', rows, (row) => row.towards),
];
