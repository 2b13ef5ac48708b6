import type { User } from './api-client.ts';

/** Ids of every message of the chat, over HTTP, newest first. */
export async function listedMessages(user: User, other: User): Promise<string[]> {
  const ids: string[] = [];
  for (let before: string | null = ''; before !== null; ) {
    const next: string = before && `&before=${before}`;
    const { body } = await user.get(`/chats/${other.username}/messages?limit=100${next}`);
    const page = body as { items: { id: string }[]; next: string | null };
    ids.push(...page.items.map(({ id }) => id));
    before = page.next;
  }
  return ids;
}
