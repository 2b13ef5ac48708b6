import { Kysely, type SchemaModule } from 'kysely';
import type pg from 'pg';
import { preparedDialect } from '../postgres/prepared-dialect.ts';

/** Of one process of a group, from when it joins until it leaves or is expelled. */
interface MemberRow {
  group: string;
  member: string;
  /** Different after each beat. Not a time: no clock is ever compared with another one. */
  beat: bigint;
}

const membersOn = (pool: pg.Pool) =>
  new Kysely<{ members: MemberRow }>({ dialect: preparedDialect(pool) }).withSchema('liveness');

/** Beats change no index, and find room beside the row. */
export const createMembersTable = (schema: SchemaModule): Promise<void> =>
  schema
    .createTable('members')
    .addColumn('group', 'text', (column) => column.notNull())
    .addColumn('member', 'uuid', (column) => column.notNull())
    .addColumn('beat', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('members_pkey', ['group', 'member'])
    .execute();

export interface MemberOptions {
  /** Stays the caller's. */
  readonly pool: pg.Pool;
  readonly group: string;
  /** A uuid, unlike that of any other member, now or earlier: who was expelled joins as somebody new. */
  readonly id: string;
}

/**
 * A process says by it that it lives. Whoever does not beat for too long is expelled, and learns of it by the next beat.
 *
 * All reject with the database's error: what became of the statement is then unknown, and it may be repeated.
 */
export interface Member {
  /** Durable once it resolves. */
  join(): Promise<void>;
  /** false: it has been expelled, or has never joined. */
  beat(): Promise<boolean>;
  /** Of who is none, nothing happens. */
  leave(): Promise<void>;
}

export function createMember({ pool, group, id: member }: MemberOptions): Member {
  const db = membersOn(pool);
  return {
    async join() {
      const row = { group, member, beat: 0n };
      await db
        .insertInto('members')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    async beat() {
      const beaten = await db
        .updateTable('members')
        .set((eb) => ({ beat: eb('beat', '+', 1n) }))
        .where('group', '=', group)
        .where('member', '=', member)
        .returning('member')
        .executeTakeFirst();
      return beaten !== undefined;
    },
    async leave() {
      await db.deleteFrom('members').where('group', '=', group).where('member', '=', member).execute();
    },
  };
}

export interface MemberWatchOptions extends Omit<MemberOptions, 'id'> {
  /** Who has not beaten for so long, in milliseconds, is expelled. */
  readonly lapseMs: number;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
}

/**
 * Expels members that have stopped. It trusts what it has watched by itself without interruption: nobody is expelled before it has
 * seen the same beat for `lapseMs`, in looks that all went well and followed closely on each other. Where they did not, because the
 * database or the watch itself was away, everybody has all of that time again.
 */
export interface MemberWatch {
  /**
   * Expels who has lapsed, and answers who is a member. Whoever joined before the look and is not in the answer has left or was
   * expelled: what is to be held against it has to be read before. Rejects with the database's error.
   */
  look(): Promise<ReadonlySet<string>>;
}

/** Looks that are further apart than this, in milliseconds, show nothing about the time between. */
const LONGEST_GAP_MS = 2000;

export function createMemberWatch({ pool, group, lapseMs, now }: MemberWatchOptions): MemberWatch {
  const db = membersOn(pool);
  // Shorter than what is left of a lapse when the last beat was a third of it ago.
  const longestGapMs = Math.min(LONGEST_GAP_MS, lapseMs / 2);
  let seen = new Map<string, { readonly beat: bigint; readonly since: number }>();
  let lookedAt = Number.NEGATIVE_INFINITY;

  /** Nothing happens when it has beaten meanwhile. */
  async function expel(member: string, beat: bigint): Promise<boolean> {
    const { numDeletedRows } = await db
      .deleteFrom('members')
      .where('group', '=', group)
      .where('member', '=', member)
      .where('beat', '=', beat)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }

  async function look(): Promise<ReadonlySet<string>> {
    const rows = await db
      .selectFrom('members')
      .select(['member', 'beat'])
      .where('group', '=', group)
      .execute();
    const at = now();
    const earlier = at - lookedAt > longestGapMs ? new Map<string, never>() : seen;
    lookedAt = at;
    seen = new Map(
      rows.map(({ member, beat }) => {
        const known = earlier.get(member);
        return [member, known?.beat === beat ? known : { beat, since: at }];
      }),
    );
    const members = new Set(seen.keys());
    for (const [member, { beat, since }] of seen)
      if (at - since >= lapseMs && (await expel(member, beat))) members.delete(member);
    return members;
  }

  return {
    async look() {
      try {
        return await look();
      } catch (error) {
        // A database that could be read and not be written has not let anybody beat either.
        lookedAt = Number.NEGATIVE_INFINITY;
        throw error;
      }
    },
  };
}
