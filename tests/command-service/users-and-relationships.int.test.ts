import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pairId, streamOf } from '../../platform/event-store/stream-name.ts';
import { acceptance, conversation, eventsOf, message, refusal, registered } from './conversation.ts';
import { runCommandService, useCommandService } from './running-command-service.ts';

const service = useCommandService();

const date = '2026-01-02T03:04:05.678Z';

describe('register_user', () => {
  it('stores the name as written, with all that a log needs to know of its cause', async () => {
    const username = `Ann.${randomUUID().slice(0, 8)}`;
    const commandId = randomUUID();
    const reply = acceptance(await service.send(username, { type: 'register_user' }, commandId));
    const [event] = await eventsOf(service, streamOf('user', username));
    expect(event).toMatchObject({
      id: commandId,
      revision: 0,
      event: { type: 'UserRegistered', data: { username, nickname: username, avatar: '', date } },
      metadata: {
        commandId,
        causationId: commandId,
        correlationId: 'test',
        actor: username,
        schemaVersion: '1',
      },
    });
    expect(reply).toEqual({ outcome: 'accepted', changed: true, position: String(event?.position) });
  });

  it('is refused when the name is taken, in any case', async () => {
    const ann = await registered(service, 'Ann');
    expect(await service.send(ann.toUpperCase(), { type: 'register_user' })).toEqual(
      refusal('username_taken'),
    );
  });
});

describe('update_profile', () => {
  it('stores the whole profile under the name as registered, and nothing when it is so already', async () => {
    const ann = await registered(service, 'Ann');
    const update = { type: 'update_profile', nickname: 'Annie', avatar: '/annie.png' } as const;
    const replies = [
      await service.send(ann.toUpperCase(), update),
      await service.send(ann, update),
      await service.send(ann, { type: 'update_profile' }),
      await service.send(ann, { type: 'update_profile', avatar: '' }),
    ];
    const stored = await eventsOf(service, streamOf('user', ann));
    expect(stored.slice(1).map(({ event }) => event)).toEqual([
      { type: 'ProfileUpdated', data: { username: ann, nickname: 'Annie', avatar: '/annie.png', date } },
      { type: 'ProfileUpdated', data: { username: ann, nickname: 'Annie', avatar: '', date } },
    ]);
    const [, first, second] = stored.map(({ position }) => String(position));
    expect(replies).toEqual([
      { outcome: 'accepted', changed: true, position: first },
      { outcome: 'accepted', changed: false, position: first },
      { outcome: 'accepted', changed: false, position: first },
      { outcome: 'accepted', changed: true, position: second },
    ]);
  });

  it('is refused to nobody', async () => {
    const nobody = `nobody.${randomUUID().slice(0, 8)}`;
    expect(await service.send(nobody, { type: 'update_profile' })).toEqual(refusal('user_not_found'));
    expect(await eventsOf(service, streamOf('user', nobody))).toEqual([]);
  });
});

describe('start_chat', () => {
  it('creates the chat once and answers its id, from both sides and in any case', async () => {
    const [ann, bob] = [await registered(service, 'Ann'), await registered(service, 'Bob')];
    const id = pairId(ann, bob);
    const created = acceptance(await service.send(ann, { type: 'start_chat', other: bob.toUpperCase() }));
    const existing = acceptance(await service.send(bob, { type: 'start_chat', other: ann.toLowerCase() }));
    expect([created, existing]).toEqual([
      { outcome: 'accepted', changed: true, id, position: created.position },
      { outcome: 'accepted', changed: false, id, position: created.position },
    ]);
    expect((await eventsOf(service, streamOf('relationship', id))).map(({ event }) => event)).toEqual([
      { type: 'ChatStarted', data: { chatId: id, participants: [ann, bob], date } },
    ]);
  });

  it.each([
    ['user_not_found', 'nobody.of.this.name'],
    ['user_not_found', ''],
    ['user_not_found', 'x'.repeat(10_000)],
    ['user_not_found', 'nul \u0000'],
    ['user_not_found', 'lone \ud800'],
  ])('is refused as %s with %j', async (code, other) => {
    const ann = await registered(service, 'Ann');
    expect(await service.send(ann, { type: 'start_chat', other })).toEqual(refusal(code));
  });

  it('is refused with oneself, and with someone who blocks the caller', async () => {
    const [ann, bob] = [await registered(service, 'Ann'), await registered(service, 'Bob')];
    expect(await service.send(ann, { type: 'start_chat', other: ann.toUpperCase() })).toEqual(
      refusal('self_chat'),
    );
    acceptance(await service.send(bob, { type: 'block_user', blocked: ann }));
    expect(await service.send(ann, { type: 'start_chat', other: bob })).toEqual(refusal('user_not_found'));
    acceptance(await service.send(bob, { type: 'start_chat', other: ann }));
  });
});

describe('add_friend and remove_friend', () => {
  const twoUsers = async () => ({
    ann: await registered(service, 'Ann'),
    bob: await registered(service, 'Bob'),
  });
  const stored = async (ann: string, bob: string) =>
    eventsOf(service, streamOf('relationship', pairId(ann, bob)));

  it('name the other as registered, need no chat, and answer no id', async () => {
    const { ann, bob } = await twoUsers();
    const replies = [
      await service.send(ann, { type: 'add_friend', friend: bob.toUpperCase() }),
      await service.send(ann, { type: 'remove_friend', friend: bob.toLowerCase() }),
    ];
    const events = await stored(ann, bob);
    expect(events.map(({ event }) => event)).toEqual([
      { type: 'FriendAdded', data: { adder: ann, friend: bob, isNews: true, date } },
      { type: 'FriendRemoved', data: { remover: ann, friend: bob, date } },
    ]);
    expect(replies).toEqual(
      events.map(({ position }) => ({ outcome: 'accepted', changed: true, position: String(position) })),
    );
  });

  it('are refused when it is so already, for oneself, for nobody, and while one blocks the other', async () => {
    const { ann, bob } = await twoUsers();
    const add = (friend: string, actor = ann) => service.send(actor, { type: 'add_friend', friend });
    const remove = (friend: string) => service.send(ann, { type: 'remove_friend', friend });
    expect(await remove(bob)).toEqual(refusal('not_friend'));
    acceptance(await add(bob));
    expect(await add(bob)).toEqual(refusal('already_friend'));
    expect(await add(ann.toUpperCase())).toEqual(refusal('self_friend'));
    expect(await remove(ann)).toEqual(refusal('not_friend'));
    for (const name of ['nobody.of.this.name', '', 'nul \u0000']) {
      expect(await add(name)).toEqual(refusal('user_not_found'));
      expect(await remove(name)).toEqual(refusal('user_not_found'));
    }
    acceptance(await service.send(bob, { type: 'block_user', blocked: ann }));
    expect(await remove(bob)).toEqual(refusal('not_friend'));
    expect(await add(bob)).toEqual(refusal('blocked'));
    expect(await add(ann, bob)).toEqual(refusal('blocked'));
    acceptance(await service.send(bob, { type: 'unblock_user', blocked: ann }));
    acceptance(await add(ann, bob));
  });

  it('are news once a day: again after midnight, whichever instance is asked', async () => {
    const { ann, bob } = await twoUsers();
    const at = async (date: string, type: 'add_friend' | 'remove_friend') => {
      const { databaseUrl } = service;
      const instance = await runCommandService({ databaseUrl, clock: () => new Date(date) });
      acceptance(await instance.send(ann, { type, friend: bob }));
      await instance.stop();
    };
    await at('2026-03-04T00:00:00.000Z', 'add_friend');
    await at('2026-03-04T12:00:00.000Z', 'remove_friend');
    await at('2026-03-04T23:59:59.998Z', 'add_friend');
    await at('2026-03-04T23:59:59.999Z', 'remove_friend');
    await at('2026-03-05T00:00:00.000Z', 'add_friend');
    const added = (await stored(ann, bob)).flatMap(({ event }) =>
      event.type === 'FriendAdded' ? [[event.data.date, event.data.isNews]] : [],
    );
    expect(added).toEqual([
      ['2026-03-04T00:00:00.000Z', true],
      ['2026-03-04T23:59:59.998Z', false],
      ['2026-03-05T00:00:00.000Z', true],
    ]);
  });
});

describe('block_user and unblock_user', () => {
  it('name the other as registered, and answer no id', async () => {
    const { ann, bob, chatId } = await conversation(service);
    const replies = [
      await service.send(ann, { type: 'block_user', blocked: bob.toUpperCase() }),
      await service.send(ann, { type: 'unblock_user', blocked: bob.toLowerCase() }),
    ];
    const stored = await eventsOf(service, streamOf('relationship', chatId));
    expect(stored.slice(1).map(({ event }) => event)).toEqual([
      { type: 'UserBlocked', data: { blocker: ann, blocked: bob, date } },
      { type: 'UserUnblocked', data: { blocker: ann, blocked: bob, date } },
    ]);
    expect(replies).toEqual(
      stored
        .slice(1)
        .map(({ position }) => ({ outcome: 'accepted', changed: true, position: String(position) })),
    );
  });

  it('are refused when it is so already, for oneself and for nobody', async () => {
    const { ann, bob } = await conversation(service);
    const block = (blocked: string) => service.send(ann, { type: 'block_user', blocked });
    const unblock = (blocked: string) => service.send(ann, { type: 'unblock_user', blocked });
    expect(await unblock(bob)).toEqual(refusal('not_blocked'));
    acceptance(await block(bob));
    expect(await block(bob)).toEqual(refusal('already_blocked'));
    expect(await block(ann)).toEqual(refusal('self_block'));
    expect(await block('nobody.of.this.name')).toEqual(refusal('user_not_found'));
    expect(await unblock('nobody.of.this.name')).toEqual(refusal('user_not_found'));
    acceptance(await unblock(bob));
    acceptance(await service.send(bob, message(pairId(ann, bob))));
  });
});
