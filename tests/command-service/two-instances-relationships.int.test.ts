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
  refusal,
  registered,
  unlike,
} from './conversation.ts';
import { losingReplies } from './faulty-stores.ts';
import { describeTwoInstances } from './two-instances.ts';

describeTwoInstances('what stands between two users', (instances) => {
  it('a block holds for every send that starts after its answer, whichever instance is asked', async () => {
    const { one, two, turn, looksAndAppends } = instances();
    const { ann, bob, chatId } = await conversation(one);
    const racing = Array.from({ length: 50 }, (_, index) => message(chatId, `message ${index}`));
    const [blocked, ...replies] = await Promise.all([
      two.send(bob, { type: 'block_user', blocked: ann }).then(async (reply) => {
        acceptance(reply);
        return fifty((index) => turn(index).send(index % 3 ? ann : bob, message(chatId)));
      }),
      ...racing.map((each, index) => turn(index).send(ann, each)),
    ]);
    expect(blocked).toEqual(Array(50).fill(refusal('blocked')));
    const [, block] = await eventsOf(one, streamOf('relationship', chatId));
    for (const [index, { messageId }] of racing.entries()) {
      const stored = await eventsOf(one, streamOf('message', messageId));
      const reply = replies[index];
      if (reply?.outcome === 'accepted') {
        expect(String(stored[0]?.position)).toBe(reply.position);
        if (looksAndAppends) expect(stored[0]?.position).toBeLessThan(block?.position ?? 0n);
      } else expect([reply, stored]).toEqual([refusal('blocked'), []]);
    }
  });

  it('blocks and unblocks through one instance are known to the other at once', async () => {
    const { one, two } = instances();
    const { ann, bob, chatId } = await conversation(one);
    const { messageId } = message(chatId);
    acceptance(await one.send(ann, message(chatId, 'hello', messageId)));
    for (let round = 0; round < 5; round += 1) {
      const liking = round % 2 ? unlike(chatId, messageId) : like(chatId, messageId);
      acceptance(await two.send(bob, { type: 'block_user', blocked: ann }));
      expect(await one.send(ann, message(chatId))).toEqual(refusal('blocked'));
      expect(await one.send(bob, liking)).toEqual(refusal('blocked'));
      acceptance(await two.send(bob, { type: 'unblock_user', blocked: ann }));
      acceptance(await one.send(bob, liking));
      acceptance(await one.send(ann, message(chatId)));
    }
  });

  it('a block whose answer was lost holds from the answer to its repetition', async () => {
    const { one, two, another } = instances();
    const { ann, bob, chatId } = await conversation(one);
    const unlucky = await another({ through: losingReplies(1) });
    const block = [bob, { type: 'block_user', blocked: ann }, randomUUID()] as const;
    for (let talking = 0; talking < 5; talking += 1) acceptance(await one.send(ann, message(chatId)));
    expect(await unlucky.send(...block)).toEqual(refusal('unavailable'));
    acceptance(await two.send(...block));
    expect(await one.send(ann, message(chatId))).toEqual(refusal('blocked'));
  });

  it('either side blocks at most once', async () => {
    const { one, two, turn } = instances();
    const { ann, bob, chatId } = await conversation(one);
    const replies = await fifty((index) =>
      index % 3
        ? turn(index).send(ann, { type: 'block_user', blocked: bob })
        : turn(index).send(bob, { type: 'block_user', blocked: ann }),
    );
    const blocks = (await eventsOf(two, streamOf('relationship', chatId))).slice(1);
    expect(blocks.map(({ metadata }) => metadata.actor).sort()).toEqual([ann, bob].sort());
    expect(replies.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(2);
    for (const reply of replies) {
      if (reply.outcome === 'refused') expect(reply.code).toBe('already_blocked');
    }
  });

  it('a block holds for friendships, too: none stands beside it, whoever was first', async () => {
    const { one, two, turn } = instances();
    for (let round = 0; round < 10; round += 1) {
      const [ann, bob] = [await registered(one, 'Ann'), await registered(two, 'Bob')];
      const replies = await Promise.all([
        turn(round).send(ann, { type: 'add_friend', friend: bob }),
        turn(round).send(bob, { type: 'add_friend', friend: ann }),
        turn(round + 1).send(bob, { type: 'block_user', blocked: ann }),
      ]);
      const stored = await eventsOf(one, streamOf('relationship', pairId(ann, bob)));
      const types = stored.map(({ event }) => event.type);
      expect(types.filter((type) => type === 'UserBlocked')).toHaveLength(1);
      expect(types.indexOf('UserBlocked')).toBe(types.length - 1);
      const [byAnn, byBob, block] = replies;
      for (const reply of [byAnn, byBob]) {
        if (reply?.outcome === 'refused') expect(reply).toEqual(refusal('blocked'));
      }
      expect(block?.outcome).toBe('accepted');
      for (const actor of [ann, bob]) {
        const other = actor === ann ? bob : ann;
        expect(await turn(round).send(actor, { type: 'remove_friend', friend: other })).toEqual(
          refusal('not_friend'),
        );
      }
    }
  });

  it("two who add each other at once are each other's friends, each once", async () => {
    const { one, two, turn } = instances();
    const [ann, bob] = [await registered(one, 'Ann'), await registered(two, 'Bob')];
    const replies = await fifty((index) =>
      index % 3
        ? turn(index).send(ann, { type: 'add_friend', friend: bob })
        : turn(index).send(bob, { type: 'add_friend', friend: ann }),
    );
    const stored = await eventsOf(two, streamOf('relationship', pairId(ann, bob)));
    expect(stored.map(({ event }) => event.type)).toEqual(['FriendAdded', 'FriendAdded']);
    expect(stored.map(({ metadata }) => metadata.actor).sort()).toEqual([ann, bob].sort());
    expect(replies.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(2);
    for (const reply of replies) {
      if (reply.outcome === 'refused') expect(['already_friend', 'unavailable']).toContain(reply.code);
    }
  });

  it('additions and removals of a friend alternate in the log, and are news once', async () => {
    const { one, two, turn } = instances();
    const [ann, bob] = [await registered(one, 'Ann'), await registered(two, 'Bob')];
    acceptance(await one.send(ann, { type: 'add_friend', friend: bob }));
    await fifty((index) =>
      turn(index).send(ann, { type: index % 4 < 2 ? 'add_friend' : 'remove_friend', friend: bob }),
    );
    const stored = await eventsOf(two, streamOf('relationship', pairId(ann, bob)));
    expect(stored.length).toBeGreaterThan(1);
    stored.forEach(({ event }, index) => {
      expect(event.type).toBe(index % 2 ? 'FriendRemoved' : 'FriendAdded');
      if (event.type === 'FriendAdded') expect(event.data.isNews).toBe(index === 0);
    });
  });

  it('what is remembered of two who talk is not wrong for their having become friends', async () => {
    const { one, two } = instances();
    const { ann, bob, chatId } = await conversation(one);
    for (let round = 0; round < 3; round += 1) {
      acceptance(await one.send(ann, message(chatId)));
      acceptance(await two.send(ann, { type: round % 2 ? 'remove_friend' : 'add_friend', friend: bob }));
      acceptance(await one.send(bob, message(chatId)));
    }
    acceptance(await two.send(ann, { type: 'block_user', blocked: bob }));
    expect(await one.send(ann, message(chatId))).toEqual(refusal('blocked'));
  });
});
