import type { UserBlocked, UserUnblocked } from '../../domain/relationship.ts';
import { defineRoom, lines, type Out, type RoomRows, type TableWrite } from '../room.ts';
import { userKey } from '../user-key.ts';
import { type BlocksTable, CREATE_BLOCKS } from './tables.ts';

/** The counter moves with every event: the log holds none that changes nothing. Nobody gets a frame. */
export const relationships = defineRoom({
  name: 'relationships',
  tables: ['blocks'],
  migrations: { 'relationships-1-create': CREATE_BLOCKS },
  open: () => new BlockRows(),
  project: {
    UserBlocked: (rows, { event }, out) => setBlock(rows, event.data, true, out),
    UserUnblocked: (rows, { event }, out) => setBlock(rows, event.data, false, out),
  },
});

function setBlock(
  rows: BlockRows,
  { blocker, blocked }: (UserBlocked | UserUnblocked)['data'],
  isBlocked: boolean,
  out: Out,
): void {
  const blocker_key = userKey(blocker);
  rows.set({ blocker_key, blocked_key: userKey(blocked) }, isBlocked);
  out.count(blocker_key, 'blocked_users', isBlocked ? 1 : -1);
}

class BlockRows implements RoomRows {
  /** By both keys. */
  #changed = new Map<string, { readonly block: BlocksTable; readonly isBlocked: boolean }>();

  set(block: BlocksTable, isBlocked: boolean): void {
    this.#changed.set(`${block.blocker_key} ${block.blocked_key}`, { block, isBlocked });
  }

  takeWrites(): TableWrite[] {
    const changed = [...this.#changed.values()];
    this.#changed = new Map();
    const blocksThatAre = (there: boolean) =>
      changed.filter(({ isBlocked }) => isBlocked === there).map(({ block }) => block);
    return [insertBlocks(blocksThatAre(true)), deleteBlocks(blocksThatAre(false))];
  }
}

const insertBlocks = (rows: readonly BlocksTable[]): TableWrite => ({
  name: 'blocks_set',
  sql: `insert into blocks (blocker_key, blocked_key) select r.* from fence, :rows r on conflict do nothing`,
  rows: rows.length,
  columns: keys(rows),
});

const deleteBlocks = (rows: readonly BlocksTable[]): TableWrite => ({
  name: 'blocks_lifted',
  sql: `delete from blocks b using fence, :rows r (blocker_key, blocked_key)
    where b.blocker_key = r.blocker_key and b.blocked_key = r.blocked_key`,
  rows: rows.length,
  columns: keys(rows),
});

const keys = (rows: readonly BlocksTable[]) => [
  lines('text', rows, (row) => row.blocker_key),
  lines('text', rows, (row) => row.blocked_key),
];
