import { sql } from 'kysely';
import type { Given } from '../../platform/postgres/prepared-query.ts';
import type { Reads, Snapshot } from '../snapshot.ts';
import { isoDate } from '../written-date.ts';

/** A duel that may need a step which nobody takes by themselves. */
export interface DueDuel {
  readonly invitation_id: string;
  /** Keys. */
  readonly inviter: string;
  readonly invitee: string;
  /** Since when. ISO 8601. */
  readonly due_at: string;
}

/** Before every one that is due. */
const BEGINNING: Pick<DueDuel, 'due_at' | 'invitation_id'> = {
  due_at: '-infinity',
  invitation_id: '00000000-0000-0000-0000-000000000000',
};

export function prepareDueDuels({ db, prepare }: Reads) {
  const find = prepare(
    (given: Given<{ before: string; limit: number; due_at: string; invitation_id: string }>) =>
      db
        .selectFrom('duels')
        .where('due_at', '<', sql<Date>`${given('before')}::timestamptz`)
        .where(
          sql<boolean>`(due_at, invitation_id) > (${given('due_at')}::timestamptz, ${given('invitation_id')}::uuid)`,
        )
        .select([
          'invitation_id',
          'inviter_key as inviter',
          'invitee_key as invitee',
          isoDate('due_at').as('due_at'),
        ])
        .orderBy('duels.due_at')
        .orderBy('invitation_id')
        .limit(given('limit')),
  );

  /** Those that were due before this date, in the order in which they became so. `after`: the last one of those before; null: from the first. */
  return async ({
    before,
    after,
    limit,
  }: {
    readonly before: string;
    readonly after: DueDuel | null;
    readonly limit: number;
  }): Promise<Snapshot<DueDuel[]>> => {
    const { due_at, invitation_id } = after ?? BEGINNING;
    const { rows, upTo } = await find({ before, limit, due_at, invitation_id });
    const answer = rows.map(({ invitation_id, inviter, invitee, due_at }) => ({
      invitation_id,
      inviter,
      invitee,
      due_at,
    }));
    return { answer, upTo };
  };
}
