import type { User } from './api-client.ts';

/** Ids of every message of the chat, over HTTP, newest first. */
export async function listedMessages(user: User, other: User): Promise<string[]> {
  const ids: string[] = [];
  for (let offset = 0; ; offset += 100) {
    const { body } = await user.get(`/chats/${other.username}/messages?limit=100&offset=${offset}`);
    const { items } = body as { items: { id: string }[] };
    ids.push(...items.map(({ id }) => id));
    if (items.length < 100) return ids;
  }
}
