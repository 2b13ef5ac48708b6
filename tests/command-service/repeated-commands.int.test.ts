import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pairId, type StreamName, streamOf } from '../../platform/event-store/stream-name.ts';
import { type Command, HOUSEKEEPING } from '../../protocol/commands.ts';
import {
  acceptance,
  conversation,
  eventsOf,
  like,
  message,
  read,
  refusal,
  registered,
  unlike,
} from './conversation.ts';
import { accept, cancel, decline, finish, game, invitation, invite } from './duel-commands.ts';
import { losingReplies } from './faulty-stores.ts';
import { friendAdded, readOf } from './notification-causes.ts';
import {
  type RunningCommandService,
  runCommandService,
  useCommandService,
} from './running-command-service.ts';
import { closing, creation } from './tournament-commands.ts';

const service = useCommandService();

interface Given {
  readonly actor: string;
  readonly command: Command;
  /** In which its last event is stored. */
  readonly stream: StreamName;
  /** How many it makes; one, unless something else is said. */
  readonly appends?: number;
  /** It is not known again by its id, but finds that all is done. */
  readonly isKnownByItsEffect?: true;
}

/** A command of each type that changes something, with what it needs already there. */
const changes: Record<string, () => Promise<Given>> = {
  register_user: async () => {
    const actor = `Ann.${randomUUID().slice(0, 8)}`;
    return { actor, command: { type: 'register_user' }, stream: streamOf('user', actor) };
  },
  update_profile: async () => {
    const actor = await registered(service, 'Ann');
    return {
      actor,
      command: { type: 'update_profile', nickname: 'Annie' },
      stream: streamOf('user', actor),
    };
  },
  start_chat: async () => {
    const [{ ann }, { bob: other }] = [await conversation(service), await conversation(service)];
    const stream = streamOf('relationship', pairId(ann, other));
    return { actor: ann, command: { type: 'start_chat', other }, stream };
  },
  add_friend: async () => {
    const { ann, bob, chatId } = await conversation(service);
    return {
      actor: ann,
      command: { type: 'add_friend', friend: bob },
      stream: streamOf('relationship', chatId),
    };
  },
  remove_friend: async () => {
    const { ann, bob, chatId } = await conversation(service);
    acceptance(await service.send(ann, { type: 'add_friend', friend: bob }));
    return {
      actor: ann,
      command: { type: 'remove_friend', friend: bob },
      stream: streamOf('relationship', chatId),
    };
  },
  block_user: async () => {
    const { ann, bob, chatId } = await conversation(service);
    return {
      actor: ann,
      command: { type: 'block_user', blocked: bob },
      stream: streamOf('relationship', chatId),
    };
  },
  unblock_user: async () => {
    const { ann, bob, chatId } = await conversation(service);
    acceptance(await service.send(ann, { type: 'block_user', blocked: bob }));
    return {
      actor: ann,
      command: { type: 'unblock_user', blocked: bob },
      stream: streamOf('relationship', chatId),
    };
  },
  send_message: async () => {
    const { ann, chatId } = await conversation(service);
    const command = message(chatId);
    return { actor: ann, command, stream: streamOf('message', command.messageId) };
  },
  like_message: async () => {
    const { ann, bob, chatId } = await conversation(service);
    const { messageId } = message(chatId);
    acceptance(await service.send(ann, message(chatId, 'hello', messageId)));
    return { actor: bob, command: like(chatId, messageId), stream: streamOf('message', messageId) };
  },
  unlike_message: async () => {
    const { ann, bob, chatId } = await conversation(service);
    const { messageId } = message(chatId);
    acceptance(await service.send(ann, message(chatId, 'hello', messageId)));
    acceptance(await service.send(bob, like(chatId, messageId)));
    return { actor: bob, command: unlike(chatId, messageId), stream: streamOf('message', messageId) };
  },
  read_message: async () => {
    const { ann, bob, chatId } = await conversation(service);
    const { messageId } = message(chatId);
    acceptance(await service.send(ann, message(chatId, 'hello', messageId)));
    return { actor: bob, command: read(messageId), stream: streamOf('reading', chatId, bob) };
  },
  read_notification: async () => {
    const { ann, bob } = await conversation(service);
    const command = readOf(await friendAdded(service, ann, bob));
    return { actor: bob, command, stream: streamOf('notification', command.notificationId, bob) };
  },
  mark_all_as_read: async () => {
    const { bob } = await conversation(service);
    acceptance(await service.send(bob, { type: 'mark_all_as_read', upTo: '7' }));
    return { actor: bob, command: { type: 'mark_all_as_read', upTo: '8' }, stream: streamOf('inbox', bob) };
  },
  create_tournament: async () => {
    const actor = await registered(service, 'Ann');
    return { actor, command: creation(), stream: streamOf('tournament', actor) };
  },
  close_tournament: async () => {
    const actor = await registered(service, 'Ann');
    const { id = '' } = acceptance(await service.send(actor, creation()));
    return { actor, command: closing(id), stream: streamOf('tournament', actor) };
  },
  send_invitation: async () => {
    const { ann, bob } = await conversation(service);
    return { actor: ann, command: invite(bob), stream: streamOf('player', ann) };
  },
  'send_invitation to who has sent one': async () => {
    const { inviter, invitee } = await invitation(service);
    return { actor: invitee, command: invite(inviter), stream: streamOf('player', invitee), appends: 2 };
  },
  accept_invitation: async () => {
    const { inviter, invitee } = await invitation(service);
    return { actor: invitee, command: accept(inviter), stream: streamOf('player', inviter), appends: 2 };
  },
  decline_invitation: async () => {
    const { inviter, invitee } = await invitation(service);
    return { actor: invitee, command: decline(inviter), stream: streamOf('player', inviter) };
  },
  cancel_invitation: async () => {
    const { inviter, invitee } = await invitation(service);
    return { actor: inviter, command: cancel(invitee), stream: streamOf('player', inviter) };
  },
  finish_game: async () => {
    const { inviter, invitee, gameId } = await game(service);
    const stream = streamOf('player', inviter);
    return {
      actor: invitee,
      command: finish(gameId, true),
      stream,
      appends: 2,
      isKnownByItsEffect: true,
    };
  },
  settle_duel: async () => {
    const yesterday = () => new Date('2026-01-01T03:04:05.678Z');
    const early = await runCommandService({ databaseUrl: service.databaseUrl, clock: yesterday });
    onTestFinished(() => early.stop());
    const invited = await invitation(early);
    return {
      actor: HOUSEKEEPING,
      command: { type: 'settle_duel', ...invited },
      stream: streamOf('player', invited.inviter),
      isKnownByItsEffect: true,
    };
  },
};

describe.each(Object.entries(changes))('%s', (_type, prepare) => {
  it('with the same command id stores nothing twice and answers the same', async () => {
    const { actor, command, stream, isKnownByItsEffect } = await prepare();
    const commandId = randomUUID();
    const first = acceptance(await service.send(actor, command, commandId));
    const stored = await eventsOf(service, stream);
    expect(first).toMatchObject({ changed: true, position: String(stored.at(-1)?.position) });
    const again = { ...first, changed: !isKnownByItsEffect };
    expect(await service.send(actor, command, commandId)).toEqual(again);
    const atOnce = Array.from({ length: 5 }, () => service.send(actor, command, commandId));
    expect(await Promise.all(atOnce)).toEqual(Array(5).fill(again));
    expect(await eventsOf(service, stream)).toEqual(stored);
  });

  it('whose reply was lost after the commit is unavailable, and then answered as stored', async () => {
    const { actor, command, stream, appends = 1, isKnownByItsEffect } = await prepare();
    const through = losingReplies(1, appends - 1);
    const unlucky = await runCommandService({ databaseUrl: service.databaseUrl, through });
    const commandId = randomUUID();
    const before = await eventsOf(service, stream);
    expect(await unlucky.send(actor, command, commandId)).toEqual(refusal('unavailable'));
    const stored = await eventsOf(service, stream);
    expect(stored).toHaveLength(before.length + 1);
    const position = String(stored.at(-1)?.position);
    for (const instance of [unlucky, service]) {
      const again = { changed: !isKnownByItsEffect, position };
      expect(await instance.send(actor, command, commandId)).toMatchObject(again);
    }
    expect(await eventsOf(service, stream)).toEqual(stored);
    await unlucky.stop();
  });
});

it('a command that was stored is answered the same even after it was undone', async () => {
  const { ann, bob, chatId } = await conversation(service);
  const commandId = randomUUID();
  const block: Command = { type: 'block_user', blocked: bob };
  const first = acceptance(await service.send(ann, block, commandId));
  acceptance(await service.send(ann, { type: 'unblock_user', blocked: bob }));
  expect(await service.send(ann, block, commandId)).toEqual(first);
  expect(await eventsOf(service, streamOf('relationship', chatId))).toHaveLength(3);
});

it('a message whose reply was lost is acked under a new command id with its place', async () => {
  const { ann, bob, chatId } = await conversation(service);
  const unlucky = await runCommandService({ databaseUrl: service.databaseUrl, through: losingReplies(1) });
  const sent = message(chatId);
  expect(await unlucky.send(ann, sent)).toEqual(refusal('unavailable'));
  acceptance(await service.send(bob, { type: 'block_user', blocked: ann }));
  const [stored] = await eventsOf(service, streamOf('message', sent.messageId));
  expect(await unlucky.send(ann, sent)).toEqual({
    outcome: 'accepted',
    changed: false,
    id: sent.messageId,
    position: String(stored?.position),
  });
  await unlucky.stop();
});

/** A service and what it asks of its store, one after the other. */
async function counting(): Promise<{ special: RunningCommandService; asked: string[] }> {
  const asked: string[] = [];
  const kindOf = (stream: string) => stream.split('-')[0] ?? '';
  const special = await runCommandService({
    databaseUrl: service.databaseUrl,
    through: (store) => ({
      ...store,
      append(stream, ...rest) {
        asked.push(`append ${kindOf(stream)}`);
        return store.append(stream, ...rest);
      },
      readStream(stream, options) {
        asked.push(`read ${kindOf(stream)}`);
        return store.readStream(stream, options);
      },
    }),
  });
  onTestFinished(() => special.stop());
  return { special, asked };
}

describe('a message that is sent again', () => {
  it.each([
    ['and known to be, costs one read', true, ['read message']],
    ['costs one read besides the append that finds it', undefined, ['append message', 'read message']],
  ])('%s', async (_, askedBefore, expected) => {
    const { special, asked } = await counting();
    const { ann, chatId } = await conversation(service);
    const sent = message(chatId);
    const first = acceptance(await special.send(ann, sent));
    asked.length = 0;
    const again = await special.sendAs(ann, sent, { ...(askedBefore && { askedBefore }) });
    expect(again).toEqual({ ...first, changed: false });
    expect(asked).toEqual(expected);
  });

  it('although it was never stored, is stored then', async () => {
    const { special, asked } = await counting();
    const { ann, chatId } = await conversation(service);
    acceptance(await special.send(ann, message(chatId)));
    asked.length = 0;
    const sent = message(chatId);
    acceptance(await special.sendAs(ann, sent, { askedBefore: true }));
    expect(asked).toEqual(['read message', 'append message']);
    expect(await eventsOf(service, streamOf('message', sent.messageId))).toHaveLength(1);
  });

  it('as somebody else, or with other words, is refused', async () => {
    const { ann, bob, chatId } = await conversation(service);
    const sent = message(chatId, 'hello');
    acceptance(await service.send(ann, sent));
    for (const [actor, content] of [
      [bob, 'hello'],
      [ann, 'good bye'],
    ] as const)
      expect(await service.sendAs(actor, { ...sent, content }, { askedBefore: true })).toEqual(
        refusal('id_conflict'),
      );
  });

  it('after a block is accepted, a new one is not, whatever is remembered of the two', async () => {
    const { special } = await counting();
    const { ann, bob, chatId } = await conversation(service);
    const sent = message(chatId);
    acceptance(await special.send(ann, sent));
    acceptance(await service.send(bob, { type: 'block_user', blocked: ann }));
    acceptance(await special.sendAs(ann, sent, { askedBefore: true }));
    const refused = await special.sendAs(ann, message(chatId), { askedBefore: true });
    expect(refused).toEqual(refusal('blocked'));
  });
});
