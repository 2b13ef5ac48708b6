import type { Selectable } from 'kysely';
import type { Database } from '../room.ts';
import { withDateOfEvent } from '../written-date.ts';
import type { OpenTournamentsTable, TournamentsTable } from './tables.ts';

/** A row as a leader holds it: the date and the settings as events have them. */
export type KnownTournament = Readonly<Omit<Selectable<TournamentsTable>, 'date'> & { date: string }>;

/** Where these were announced. */
export async function readPositions(database: Database, tournamentIds: readonly string[]) {
  const { rows } = await database.query<Pick<TournamentsTable, 'tournament_id' | 'position'>>({
    name: 'tournament_positions',
    text: 'select tournament_id, position from tournaments where tournament_id = any($1::uuid[])',
    values: [tournamentIds],
  });
  return rows;
}

/** What was announced there, if anything. */
export async function readTournaments(
  database: Database,
  positions: readonly bigint[],
): Promise<KnownTournament[]> {
  const { rows } = await database.query<Selectable<TournamentsTable>>({
    name: 'tournaments',
    text: 'select * from tournaments where position = any($1::bigint[])',
    values: [positions],
  });
  return rows.map(withDateOfEvent);
}

/** All of these users', given by key. */
export async function readTournamentsOf(
  database: Database,
  creators: readonly string[],
): Promise<KnownTournament[]> {
  const { rows } = await database.query<Selectable<TournamentsTable>>({
    name: 'tournaments_of_creators',
    text: 'select * from tournaments where creator_key = any($1::text[])',
    values: [creators],
  });
  return rows.map(withDateOfEvent);
}

export async function readOpenBeyond(database: Database, position: bigint): Promise<KnownTournament[]> {
  const { rows } = await database.query<Selectable<TournamentsTable>>({
    name: 'open_tournaments_beyond',
    text: 'select * from tournaments where position > $1 and is_open',
    values: [position],
  });
  return rows.map(withDateOfEvent);
}

/** Of the last one; 0: there is none. */
export async function readLastNumber(database: Database): Promise<number> {
  const { rows } = await database.query<{ last: number }>({
    name: 'last_tournament',
    text: 'select coalesce(max(number), 0) as last from tournaments',
  });
  return rows[0]?.last ?? 0;
}

export async function readNodes(database: Database, nodes: readonly number[]) {
  const { rows } = await database.query<OpenTournamentsTable>({
    name: 'open_tournaments',
    text: 'select node, open from open_tournaments where node = any($1::integer[])',
    values: [nodes],
  });
  return rows;
}
