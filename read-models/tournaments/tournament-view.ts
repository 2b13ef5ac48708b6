import { type Expression, expressionBuilder, sql } from 'kysely';
import type { Given } from '../../platform/postgres/prepared-query.ts';
import type { Profile, Tournament } from '../../protocol/http-resources.ts';
import type { Reads, Snapshot } from '../snapshot.ts';
import type { ReadTables } from '../tables.ts';
import { isoDate } from '../written-date.ts';

const { selectFrom } = expressionBuilder<ReadTables, never>();

/** Tournaments and who has created them, as these are now. */
export const shownTournaments = () =>
  selectFrom('tournaments')
    .innerJoin('users', 'users.user_key', 'tournaments.creator_key')
    .select([
      'tournament_id as id',
      'number',
      'name',
      'is_open',
      'required_participants',
      'alias',
      'settings',
      isoDate('date').as('date'),
      'username',
      'nickname',
      'avatar',
    ]);

/** The id of the one that this user, given by key, has open; null: none. */
export const openTournamentOf = (creator: Expression<string>) =>
  selectFrom('tournaments')
    .select('tournament_id')
    .where('creator_key', '=', creator)
    .where('is_open', '=', sql.lit(true))
    .limit(sql.lit(1));

interface TournamentRow extends Omit<Tournament, 'status' | 'creator'>, Profile {
  readonly is_open: boolean;
}

export function toTournament(row: TournamentRow): Tournament {
  const { id, name, is_open, required_participants, alias, username, nickname, avatar, settings, date } = row;
  return {
    id,
    name,
    status: is_open ? 'pending' : 'cancelled',
    required_participants,
    alias,
    creator: { username, nickname, avatar },
    settings,
    date,
  };
}

export function prepareTournament({ prepare }: Reads) {
  const find = prepare((given: Given<{ id: string }>) =>
    shownTournaments().where('tournament_id', '=', given('id')),
  );

  /** null: there is none, or it is not projected yet. `id` is a UUID. */
  return async (id: string): Promise<Snapshot<Tournament | null>> => {
    const { rows, upTo } = await find({ id });
    const [found] = rows;
    return { answer: found ? toTournament(found) : null, upTo };
  };
}
