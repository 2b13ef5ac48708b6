import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { createCommandClient, oneByOne } from '../../gateway/command-client.ts';
import { createInProcessBus } from '../../platform/message-bus/in-process/in-process-bus.ts';
import type { CommandReply, IdentifiedCommand } from '../../protocol/commands.ts';
import { COMMANDS } from '../../protocol/subjects.ts';

const logger = pino({ level: 'silent' });
const unavailable = { outcome: 'refused', code: 'unavailable' };
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
async function asking(answer: (request: string) => Promise<string>) {
  const bus = createInProcessBus({ logger });
  const asked = vi.fn(answer);
  await bus.respond(COMMANDS, 'group', asked);
  return { asked, send: createCommandClient(bus, DEADLINE_MS, logger) };
}

describe('commands that are sent together', () => {
  it('are one request, and answered in their order', async () => {
    const { asked, send } = await asking(async () => JSON.stringify(replies));
    expect(await send('Ann', commands)).toEqual(replies);
    expect(asked.mock.calls.map(([text]) => JSON.parse(text))).toEqual([{ actor: 'Ann', commands }]);
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

  it('are unavailable once the deadline is over, what was waited before included', async () => {
    const { asked, send } = await asking(() => new Promise<string>(() => {}));
    expect(await send('Ann', commands, DEADLINE_MS - 10)).toEqual(Array(3).fill(unavailable));
    expect(asked).toHaveBeenCalledOnce();
    expect(await send('Ann', commands, DEADLINE_MS)).toEqual(Array(3).fill(unavailable));
    expect(asked).toHaveBeenCalledOnce();
  });
});

it('a single command is a request of its own', async () => {
  const { asked, send } = await asking(async () => JSON.stringify(replies.slice(0, 1)));
  const context = { actor: 'Ann', commandId: 'one', correlationId: 'of one' };
  expect(await oneByOne(send)({ type: 'register_user' }, context)).toEqual(replies[0]);
  expect(asked.mock.calls.map(([text]) => JSON.parse(text))).toEqual([
    { actor: 'Ann', commands: commands.slice(0, 1) },
  ]);
});
