import { describe, expect, it } from 'vitest';
import { isAfter, parseCursor } from '../../protocol/cursor.ts';
import { type Answer, ApiClient, type User } from '../support/api-client.ts';
import type { Deployment } from '../support/deployment.ts';
import { message, pushOf, twoPeople } from './message-suite.ts';

/** What the user gets at that gateway, once it has what is named. */
export function readAfter(user: User, address: string, path: string, after: string): Promise<Answer> {
  const client = new ApiClient(address);
  for (const [name, value] of user.cookies) client.cookies.set(name, value);
  return client.request('GET', path, undefined, { 'x-rally-after': after });
}

export const idsOf = ({ body }: Answer): string[] =>
  (body as { items: { id: string }[] }).items.map(({ id }) => id);

export function describeCausalReads(deployment: () => Deployment): void {
  describe('causal reads', () => {
    it('a page at any gateway holds what a push or an ack told of, when it names that', async () => {
      const { ann, bob, chatId, annTab, bobTab } = await twoPeople(deployment());
      const [here, there = here] = deployment().addresses;
      for (let sent = 0; sent < 10; sent += 1) {
        const { id, ...rest } = message(chatId, `message ${sent}`);
        const ack = await annTab.ask('new_message', { id, ...rest });
        const push = await pushOf(bobTab, 'new_message', id);
        const cursor = String(push.cursor);
        const pages = await Promise.all([
          readAfter(ann, there, `/chats/${bob.username}/messages`, String(ack.data.position)),
          readAfter(bob, here, `/chats/${ann.username}/messages`, cursor),
          readAfter(bob, there, `/chats/${ann.username}/messages`, cursor),
        ]);
        for (const page of pages) {
          expect(page.status).toBe(200);
          expect(idsOf(page)[0]).toBe(id);
          const [upTo, seen] = [parseCursor(page.headers.get('x-rally-position') ?? ''), parseCursor(cursor)];
          expect(upTo && seen && upTo.log === seen.log && isAfter(upTo, seen)).toBe(true);
        }
      }
    });

    it('a page that tells of a place holds nothing that is pushed with a later one', async () => {
      const { ann, bob, chatId, annTab, bobTab } = await twoPeople(deployment());
      const asked: Promise<Answer>[] = [];
      for (let sent = 0; sent < 20; sent += 1) {
        await annTab.ask('new_message', message(chatId, `message ${sent}`));
        asked.push(bob.get(`/chats/${ann.username}/messages?limit=100`));
      }
      const pages = await Promise.all(asked);
      const last = await annTab.ask('new_message', message(chatId, 'last'));
      const pushes = await readAfter(
        ann,
        ann.address,
        `/chats/${bob.username}/messages`,
        String(last.data.position),
      )
        .then(() => bobTab.frame(({ data }) => data.content === 'last'))
        .then(() => bobTab.of('new_message'));
      for (const page of pages) {
        const upTo = parseCursor(page.headers.get('x-rally-position') ?? '');
        const seen = pushes.filter(({ cursor = '' }) => {
          const place = parseCursor(cursor);
          return place && upTo && !isAfter(place, upTo);
        });
        expect(idsOf(page).reverse()).toEqual(seen.map(({ data }) => data.id));
      }
    });
  });
}
