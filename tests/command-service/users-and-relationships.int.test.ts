import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pairId, streamOf } from '../../platform/event-store/stream-name.ts';
import { acceptance, conversation, eventsOf, message, refusal, registered } from './conversation.ts';
import { useCommandService } from './running-command-service.ts';

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
