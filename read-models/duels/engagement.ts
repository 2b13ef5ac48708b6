import { type Expression, expressionBuilder, sql } from 'kysely';
import type { ReadTables } from '../tables.ts';

const { selectFrom } = expressionBuilder<ReadTables, never>();

/** The duel that keeps a user, given by key, busy, if one does; the key of whom it is with; and its game, if there is one. */
export const engagementOf = (user: Expression<string>) =>
  selectFrom('duels')
    .where('inviter_key', '=', user)
    .where('inviter_is_engaged', '=', sql.lit(true))
    .select(['invitation_id', 'game_id', 'invitee_key as opponent_key'])
    .unionAll(
      selectFrom('duels')
        .where('invitee_key', '=', user)
        .where('has_seat', '=', sql.lit(true))
        .select(['invitation_id', 'game_id', 'inviter_key as opponent_key']),
    )
    .limit(sql.lit(1));
