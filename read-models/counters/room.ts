import { lines, numbers } from '../columns.ts';
import { defineRoom, type RoomRows, type TableWrite } from '../room.ts';
import { COUNTERS, type CounterName, CREATE_COUNTERS } from './tables.ts';

/** Counters of all rooms: a row a user, so that what moves several of them is one write. No event is its own. */
export const counters = defineRoom<CounterRows, never>({
  name: 'counters',
  tables: ['user_counters'],
  migrations: { 'counters-1-create': CREATE_COUNTERS },
  open: () => new CounterRows(),
  project: {},
});

/** By how much each counter of a user moves; those that are not named do not. */
type Moves = { [Counter in CounterName]?: number };

export class CounterRows implements RoomRows {
  #moved = new Map<string, Moves>();

  /** A user has a row from the first time on, also by 0: so it does not matter how events are cut into writes. */
  add(userKey: string, counter: CounterName, by: number): void {
    const moves = this.#moved.get(userKey) ?? {};
    moves[counter] = (moves[counter] ?? 0) + by;
    this.#moved.set(userKey, moves);
  }

  takeWrites(): TableWrite[] {
    const rows = [...this.#moved];
    this.#moved = new Map();
    return [
      {
        name: 'user_counters',
        sql: ADD_TO_COUNTERS,
        rows: rows.length,
        columns: [
          lines('text', rows, ([userKey]) => userKey),
          ...COUNTERS.map((counter) => numbers('integer', rows, ([, moves]) => moves[counter] ?? 0)),
        ],
      },
    ];
  }
}

const ADD_TO_COUNTERS = `insert into user_counters as old (user_key, ${COUNTERS.join(', ')})
  select r.* from fence, :rows r
  on conflict (user_key) do update set
    ${COUNTERS.map((counter) => `${counter} = old.${counter} + excluded.${counter}`).join(', ')}`;
