import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type AppendResult, type EventStore, NO_STREAM } from '../../platform/event-store/event-store.ts';
import { streamOf } from '../../platform/event-store/stream-name.ts';
import { COMMANDS_LIMIT, type CommandReply } from '../../protocol/commands.ts';
import { acceptance, conversation, eventsOf, like, message, refusal } from './conversation.ts';
import { gated } from './faulty-stores.ts';
import { type RunningOptions, runCommandService, useCommandService } from './running-command-service.ts';

const service = useCommandService();

const LATER_MS = 30;

const messages = (chatId: string, count = COMMANDS_LIMIT) =>
  Array.from({ length: count }, (_, index) => message(chatId, `message ${index}`));

const positions = (replies: readonly CommandReply[]) =>
  replies.map((reply) => BigInt(acceptance(reply).position));

const inOrder = (places: readonly bigint[]) => [...places].sort((a, b) => (a < b ? -1 : 1));

/** An instance of its own on the same log, for one test. */
async function through<Result>(
  options: Omit<RunningOptions, 'databaseUrl'>,
  use: (special: Awaited<ReturnType<typeof runCommandService>>) => Promise<Result>,
): Promise<Result> {
  const special = await runCommandService({ databaseUrl: service.databaseUrl, ...options });
  try {
    return await use(special);
  } finally {
    await special.stop();
  }
}

/** Reads of these streams are answered later than all others. */
const readSlowly =
  (slow: ReadonlySet<string>) =>
  (store: EventStore): EventStore => ({
    ...store,
    async readStream(stream, options) {
      const events = await store.readStream(stream, options);
      if (slow.has(stream)) await delay(LATER_MS);
      return events;
    },
  });

/** Whatever is appended to a stream first comes too late. */
function tooLateAtFirst(store: EventStore): EventStore {
  const seen = new Set<string>();
  return {
    ...store,
    async append(stream, expectedRevision, events, condition): Promise<AppendResult> {
      if (seen.has(stream)) return store.append(stream, expectedRevision, events, condition);
      seen.add(stream);
      return { outcome: 'conflict', actualRevision: NO_STREAM };
    },
  };
}

describe('commands of one request', () => {
  it('stand in the log in their order, however many requests come at once', async () => {
    const chats = await Promise.all(Array.from({ length: 10 }, () => conversation(service)));
    const requests = chats.flatMap(({ ann, bob, chatId }) =>
      [ann, bob, ann, bob].map((actor) => ({ actor, commands: messages(chatId) })),
    );
    const answers = await Promise.all(
      requests.map(({ actor, commands }) => service.sendTogether(actor, commands)),
    );
    for (const replies of answers) expect(positions(replies)).toEqual(inOrder(positions(replies)));
    expect(new Set(answers.flatMap(positions)).size).toBe(10 * 4 * COMMANDS_LIMIT);
    const [first] = requests;
    for (const [index, { messageId, content }] of (first?.commands ?? []).entries()) {
      const [stored] = await eventsOf(service, streamOf('message', messageId));
      expect(stored?.event.data).toMatchObject({ messageId, content });
      expect(stored?.position).toBe(positions(answers[0] ?? [])[index]);
    }
  });

  it('do so although they are decided again, and some of them sooner than those before', async () => {
    const { ann, chatId } = await conversation(service);
    const sent = messages(chatId).map((each, index) => (index % 3 === 1 ? { ...each, content: '' } : each));
    const slow = new Set(
      sent.filter((_, index) => index % 3 === 0).map(({ messageId }) => streamOf('message', messageId)),
    );
    const onABadDay = (store: EventStore) => tooLateAtFirst(readSlowly(slow)(store));
    await through({ through: onABadDay }, async (special) => {
      const replies = await special.sendTogether(ann, sent);
      const places = positions(replies.filter(({ outcome }) => outcome === 'accepted'));
      expect(places).toEqual(inOrder(places));
      expect(await special.metrics()).toContain(
        `rally_command_conflicts_total{type="send_message"} ${places.length}`,
      );
    });
  });

  it('do so although they have to wait for their turn', async () => {
    const { ann, chatId } = await conversation(service);
    await through({ commandsAtOnce: 3 }, async (special) => {
      const answers = await Promise.all([1, 2, 3].map(() => special.sendTogether(ann, messages(chatId))));
      for (const replies of answers) expect(positions(replies)).toEqual(inOrder(positions(replies)));
    });
  });

  it('are refused one by one', async () => {
    const { ann, chatId } = await conversation(service);
    const [a, b, c] = [message(chatId), message(chatId), message(chatId)];
    const replies = await service.sendTogether(ann, [
      a,
      message(chatId, ' '),
      b,
      like(chatId, a.messageId),
      { ...a, content: 'other content' },
      message(chatId, 'x'.repeat(257)),
      c,
    ]);
    expect(replies.map((reply) => (reply.outcome === 'refused' ? reply.code : reply.outcome))).toEqual([
      'accepted',
      'content_empty',
      'accepted',
      expect.stringMatching(/own_message|message_not_found/),
      'id_conflict',
      'content_too_long',
      'accepted',
    ]);
    const places = positions(replies.filter(({ outcome }) => outcome === 'accepted'));
    expect(places).toEqual(inOrder(places));
  });

  it('are all refused after a block, but for those that are sent again', async () => {
    const { ann, bob, chatId } = await conversation(service);
    const before = message(chatId);
    const first = acceptance(await service.send(ann, before));
    acceptance(await service.send(bob, { type: 'block_user', blocked: ann }));
    expect(await service.sendTogether(ann, [message(chatId), before, message(chatId)])).toEqual([
      refusal('blocked'),
      { ...first, changed: false },
      refusal('blocked'),
    ]);
  });

  it('may be the same message: it is stored once', async () => {
    const { ann, chatId } = await conversation(service);
    const sent = message(chatId);
    const replies = await service.sendTogether(ann, [sent, sent, message(chatId), sent]);
    const [first, second, , fourth] = positions(replies);
    expect([second, fourth]).toEqual([first, first]);
    expect(await eventsOf(service, streamOf('message', sent.messageId))).toHaveLength(1);
  });

  it('sent again together are answered with their places', async () => {
    const { ann, chatId } = await conversation(service);
    const sent = messages(chatId);
    const replies = await service.sendTogether(ann, sent);
    const again = await service.sendTogether(ann, sent);
    expect(again).toEqual(replies.map((reply) => ({ ...reply, changed: false })));
  });

  it('each count as a command', async () => {
    const { ann, chatId } = await conversation(service);
    const { gate, open } = gated();
    await through({ through: gate, commandsUnderWayLimit: 5 }, async (special) => {
      const underWay = special.sendTogether(ann, messages(chatId, 5));
      expect(await special.sendTogether(ann, messages(chatId, 2))).toEqual(
        Array(2).fill(refusal('unavailable')),
      );
      expect(await special.metrics()).toContain('rally_commands_under_way 5');
      open();
      for (const reply of await underWay) acceptance(reply);
      const metrics = await special.metrics();
      expect(metrics).toContain('rally_commands_under_way 0');
      expect(metrics).toContain('rally_commands_total{type="send_message",outcome="changed"} 5');
      expect(metrics).toContain('rally_commands_total{type="unread",outcome="unavailable"} 1');
    });
  });

  it.each([0, COMMANDS_LIMIT + 1])('are not %d', async (count) => {
    const { ann, chatId } = await conversation(service);
    const sent = messages(chatId, count);
    const ids = { commandId: chatId, correlationId: 'test' };
    const request = { actor: ann, commands: sent.map((command) => ({ ...ids, command })) };
    expect(await service.sendText(JSON.stringify(request))).toEqual(refusal('internal'));
    for (const { messageId } of sent.slice(0, 1))
      expect(await eventsOf(service, streamOf('message', messageId))).toEqual([]);
  });
});
