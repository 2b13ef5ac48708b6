import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { createCommandClient, oneByOne } from '../../gateway/command-client.ts';
import { createInProcessBus } from '../../platform/message-bus/in-process/in-process-bus.ts';
import { type Payload, textOf } from '../../platform/message-bus/payload.ts';
import type { CommandReply, IdentifiedCommand } from '../../protocol/commands.ts';
import { COMMANDS } from '../../protocol/subjects.ts';

const logger = pino({ level: 'silent' });
const unavailable = { outcome: 'refused', code: 'unavailable', retryAfterMs: expect.any(Number) };
const DEADLINE_MS = 60_000;

const commands: readonly IdentifiedCommand[] = ['one', 'two', 'three'].map((commandId) => ({
  commandId,
  correlationId: `of ${commandId}`,
  command: { type: 'register_user' },
}));
const replies: readonly CommandReply[] = [
  { outcome: 'accepted', position: '7', changed: true, id: 'one' },
  { outcome: 'refused', code: 'blocked' },
  { outcome: 'accepted', position: '8', changed: false },
];

/** A client, and how a command service answers it. */
async function asking(answer: (request: Payload) => Promise<Payload>, deadlineMs = DEADLINE_MS) {
  const bus = createInProcessBus({ logger });
  const asked = vi.fn(answer);
  await bus.respond(COMMANDS, 'group', asked);
  return { asked, send: createCommandClient(bus, deadlineMs, logger) };
}

describe('commands that are sent together', () => {
  it('are one request, and answered in their order', async () => {
    const { asked, send } = await asking(async () => JSON.stringify(replies));
    expect(await send('Ann', commands)).toEqual(replies);
    expect(asked.mock.calls.map(([text]) => JSON.parse(textOf(text)))).toEqual([
      { actor: 'Ann', commands, leftMs: DEADLINE_MS },
    ]);
  });

  it('are all refused when the request is', async () => {
    const { send } = await asking(async () => '{"outcome":"refused","code":"internal"}');
    expect(await send('Ann', commands)).toEqual(Array(3).fill({ outcome: 'refused', code: 'internal' }));
  });

  it.each(['[]', JSON.stringify(replies.slice(1)), 'null', '[{"outcome":"?"}]', 'not JSON'])(
    'are unavailable when the answer makes no sense: %s',
    async (answer) => {
      const { send } = await asking(async () => answer);
      expect(await send('Ann', commands)).toEqual(Array(3).fill(unavailable));
    },
  );

  it('are unavailable once the deadline is over', async () => {
    const { asked, send } = await asking(() => new Promise<string>(() => {}), 10);
    expect(await send('Ann', commands)).toEqual(Array(3).fill(unavailable));
    expect(asked).toHaveBeenCalledOnce();
  });

  it('tell how much time is left for the one that has waited longest', async () => {
    const { asked, send } = await asking(async () => JSON.stringify(replies));
    await send('Ann', commands, [100, 1500, 7]);
    expect(JSON.parse(textOf(asked.mock.calls[0]?.[0] ?? ''))).toMatchObject({ leftMs: DEADLINE_MS - 1500 });
  });

  it('are refused at once, and not asked for, when half of their time is gone; the others go on in time', async () => {
    const { asked, send } = await asking(async () => JSON.stringify(replies.slice(0, 1)));
    const half = DEADLINE_MS / 2;
    expect(await send('Ann', commands, [half, 5, DEADLINE_MS])).toEqual([
      unavailable,
      replies[0],
      unavailable,
    ]);
    expect(asked.mock.calls.map(([text]) => JSON.parse(textOf(text)))).toEqual([
      { actor: 'Ann', commands: commands.slice(1, 2), leftMs: DEADLINE_MS - 5 },
    ]);
    expect(await send('Ann', commands, [half, half, half])).toEqual(Array(3).fill(unavailable));
    expect(asked).toHaveBeenCalledOnce();
  });

  it('are told when to come back as the command service says', async () => {
    const refusal = { outcome: 'refused', code: 'unavailable', retryAfterMs: 1234 };
    const { send } = await asking(async () => JSON.stringify(refusal));
    expect(await send('Ann', commands)).toEqual(Array(3).fill(refusal));
  });
});

it('a single command is a request of its own', async () => {
  const { asked, send } = await asking(async () => JSON.stringify(replies.slice(0, 1)));
  const context = { actor: 'Ann', commandId: 'one', correlationId: 'of one' };
  expect(await oneByOne(send)({ type: 'register_user' }, context)).toEqual(replies[0]);
  expect(asked.mock.calls.map(([text]) => JSON.parse(textOf(text)))).toEqual([
    { actor: 'Ann', commands: commands.slice(0, 1), leftMs: DEADLINE_MS },
  ]);
});

describe('a message that was not answered', () => {
  const message: IdentifiedCommand = {
    commandId: 'one',
    correlationId: 'of one',
    command: { type: 'send_message', chatId: 'chat', messageId: 'message', content: 'hello', timestamp: '' },
  };
  const askedBefore = (asked: { mock: { calls: Payload[][] } }) =>
    asked.mock.calls.map(([text = '']) => JSON.parse(textOf(text)).commands[0].askedBefore);

  it('is said to be asked for again when it is, until it is answered', async () => {
    const answers = ['not an answer', 'not an answer', JSON.stringify(replies.slice(0, 1))];
    const { asked, send } = await asking(async () => answers.shift() ?? JSON.stringify(replies.slice(0, 1)));
    for (let times = 0; times < 4; times += 1) await send('Ann', [message]);
    expect(askedBefore(asked)).toEqual([undefined, true, true, undefined]);
  });

  it('is not, when nobody was there to ask, or when it was refused', async () => {
    const bus = createInProcessBus({ logger });
    const send = createCommandClient(bus, DEADLINE_MS, logger);
    await send('Ann', [message]);
    const refusal = JSON.stringify([{ outcome: 'refused', code: 'unavailable' }]);
    const asked = vi.fn(async (_request: Payload) => refusal);
    await bus.respond(COMMANDS, 'group', asked);
    await send('Ann', [message]);
    await send('Ann', [message]);
    expect(askedBefore(asked)).toEqual([undefined, undefined]);
  });
});
