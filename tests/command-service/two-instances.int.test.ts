import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { pairId, streamOf } from '../../platform/event-store/stream-name.ts';
import {
  acceptance,
  conversation,
  eventsOf,
  fifty,
  like,
  message,
  read,
  refusal,
  registered,
  unlike,
} from './conversation.ts';
import { describeTwoInstances } from './two-instances.ts';

describeTwoInstances('many commands at once', (instances) => {
  it('one name is registered once', async () => {
    const { one, turn } = instances();
    const name = `Ann.${randomUUID().slice(0, 8)}`;
    const replies = await fifty((index) =>
      turn(index).send(index % 3 ? name : name.toUpperCase(), { type: 'register_user' }),
    );
    const taken = replies.filter(({ outcome }) => outcome === 'refused');
    expect(taken).toEqual(Array(49).fill(refusal('username_taken')));
    expect(await eventsOf(one, streamOf('user', name))).toHaveLength(1);
  });

  it('a nickname and a picture that are changed at the same moment are both kept', async () => {
    const { one, two, turn } = instances();
    const ann = await registered(one, 'Ann');
    for (let round = 1; round <= 10; round += 1) {
      const [nickname, avatar] = [`Ann${round}`, `/${round}.png`];
      const replies = await Promise.all([
        turn(round).send(ann, { type: 'update_profile', nickname }),
        turn(round + 1).send(ann, { type: 'update_profile', avatar }),
      ]);
      for (const reply of replies) expect(acceptance(reply).changed).toBe(true);
      const stored = await eventsOf(two, streamOf('user', ann));
      expect(stored).toHaveLength(1 + 2 * round);
      expect(stored.at(-1)?.event.data).toMatchObject({ nickname, avatar });
    }
  });

  it('two users get one chat, from both sides', async () => {
    const { one, two, turn } = instances();
    const [ann, bob] = [await registered(one, 'Ann'), await registered(two, 'Bob')];
    const replies = await fifty((index) =>
      index % 3
        ? turn(index).send(ann, { type: 'start_chat', other: bob })
        : turn(index).send(bob, { type: 'start_chat', other: ann }),
    );
    const id = pairId(ann, bob);
    const stored = await eventsOf(one, streamOf('relationship', id));
    expect(stored.map(({ event }) => event.type)).toEqual(['ChatStarted']);
    const position = String(stored[0]?.position);
    expect(replies.filter((reply) => acceptance(reply).changed)).toHaveLength(1);
    for (const reply of replies) expect(reply).toMatchObject({ outcome: 'accepted', id, position });
  });

  it('one message id is one message at one place', async () => {
    const { one, two, turn } = instances();
    const { ann, chatId } = await conversation(one);
    const sent = message(chatId);
    const replies = await fifty((index) => turn(index).send(ann, sent));
    const stored = await eventsOf(two, streamOf('message', sent.messageId));
    expect(stored).toHaveLength(1);
    expect(replies.filter((reply) => acceptance(reply).changed)).toHaveLength(1);
    for (const reply of replies) {
      expect(acceptance(reply)).toMatchObject({
        id: sent.messageId,
        position: String(stored[0]?.position),
      });
    }
  });

  it('one message id with several contents is whichever came first', async () => {
    const { one, turn } = instances();
    const { ann, bob, chatId } = await conversation(one);
    const { messageId } = message(chatId);
    const replies = await fifty((index) =>
      turn(index).send(index % 3 ? ann : bob, message(chatId, `content ${index % 5}`, messageId)),
    );
    const [stored, ...more] = await eventsOf(one, streamOf('message', messageId));
    expect(more).toEqual([]);
    expect(replies.filter((reply) => reply.outcome === 'accepted' && reply.changed)).toHaveLength(1);
    for (const reply of replies) {
      if (reply.outcome === 'refused') expect(reply.code).toBe('id_conflict');
      else expect(reply.position).toBe(String(stored?.position));
    }
  });

  it('one like is stored', async () => {
    const { one, two, turn } = instances();
    const { ann, bob, chatId } = await conversation(one);
    const { messageId } = message(chatId);
    acceptance(await one.send(ann, message(chatId, 'hello', messageId)));
    const replies = await fifty((index) => turn(index).send(bob, like(chatId, messageId)));
    const stored = await eventsOf(two, streamOf('message', messageId));
    expect(stored.map(({ event }) => event.type)).toEqual(['MessageSent', 'MessageLiked']);
    expect(replies.filter((reply) => acceptance(reply).changed)).toHaveLength(1);
    for (const reply of replies) expect(acceptance(reply).position).toBe(String(stored[1]?.position));
  });

  it('likes and unlikes alternate in the log, and every change is answered as one', async () => {
    const { one, two, turn } = instances();
    const { ann, bob, chatId } = await conversation(one);
    const { messageId } = message(chatId);
    acceptance(await one.send(ann, message(chatId, 'hello', messageId)));
    const replies = await fifty((index) =>
      turn(index).send(bob, index % 4 < 2 ? like(chatId, messageId) : unlike(chatId, messageId)),
    );
    const [, ...stored] = await eventsOf(two, streamOf('message', messageId));
    expect(stored.length).toBeGreaterThan(0);
    stored.forEach(({ event }, index) => {
      expect(event.type).toBe(index % 2 ? 'MessageUnliked' : 'MessageLiked');
    });
    const changes = replies.flatMap((reply) =>
      reply.outcome === 'accepted' && reply.changed ? [reply.position] : [],
    );
    expect(changes.sort()).toEqual(stored.map(({ position }) => String(position)).sort());
    for (const reply of replies) if (reply.outcome === 'refused') expect(reply.code).toBe('unavailable');
  });

  it('a marker only moves forward', async () => {
    const { one, turn } = instances();
    const { ann, bob, chatId } = await conversation(one);
    const sent = Array.from({ length: 10 }, (_, index) => message(chatId, `message ${index}`));
    for (const each of sent) acceptance(await one.send(ann, each));
    const ids = sent.map(({ messageId }) => messageId);
    const replies = await fifty((index) =>
      turn(index).send(bob, read(ids[(index * 7) % 10] ?? '', index % 3 ? chatId : null)),
    );
    const stored = await eventsOf(one, streamOf('reading', chatId, bob));
    const places = stored.map(({ event }) => BigInt(event.data.messagePosition));
    expect(places).toEqual([...new Set(places)].sort((a, b) => (a < b ? -1 : 1)));
    expect(stored.at(-1)?.event.data.messageId).toBe(ids[9]);
    for (const reply of replies) acceptance(reply);
  });
});
