import type { Database } from '../room.ts';
import { type ChatsTable, NO_MESSAGES } from './tables.ts';

/** Of the two users of each chat, the order of the chat that is first on their list. */
export async function readChats(database: Database, chatIds: readonly string[]) {
  const { rows } = await database.query<ChatsTable & { top_of_a: bigint; top_of_b: bigint }>({
    name: 'chats',
    text: `select c.*, ${topOf('c.user_a')} as top_of_a, ${topOf('c.user_b')} as top_of_b
      from chats c where chat_id = any($1::uuid[])`,
    values: [chatIds],
  });
  return rows;
}

/** The order of the chat that is first on the user's list; also of users without chats. */
export async function readTopOrders(database: Database, userKeys: readonly string[]) {
  const { rows } = await database.query<{ user_key: string; top: bigint }>({
    name: 'top_orders',
    text: `select u.user_key, ${topOf('u.user_key')} as top from unnest($1::text[]) u (user_key)`,
    values: [userKeys],
  });
  return rows;
}

const topOf = (user: string): string => `greatest(${NO_MESSAGES},
  (select order_position from chats where user_a = ${user} order by order_position desc limit 1),
  (select order_position from chats where user_b = ${user} order by order_position desc limit 1))`;

export interface MessagePlace {
  readonly chat_id: string;
  readonly position: bigint;
}

export async function readNumbers(database: Database, places: readonly MessagePlace[]) {
  const { rows } = await database.query<{ position: bigint; number: number }>({
    name: 'numbers',
    text: `select m.position, m.number from unnest($1::uuid[], $2::bigint[]) marked (chat_id, position)
      join messages m on m.chat_id = marked.chat_id and m.position = marked.position`,
    values: [places.map(({ chat_id }) => chat_id), places.map(({ position }) => position)],
  });
  return rows;
}
