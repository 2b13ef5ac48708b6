import { pino } from 'pino';
import { expect, it, vi } from 'vitest';
import { createCommandClient } from '../../gateway/command-client.ts';
import { createInProcessBus } from '../../platform/message-bus/in-process/in-process-bus.ts';
import { COMMANDS } from '../../protocol/subjects.ts';

const logger = pino({ level: 'silent' });
const context = { actor: 'Ann', commandId: 'command', correlationId: 'correlation' };
const unavailable = { outcome: 'refused', code: 'unavailable' };
const DEADLINE_MS = 60_000;

it('answers unavailable once the deadline is over, what was waited before included', async () => {
  const bus = createInProcessBus({ logger });
  const asked = vi.fn(() => new Promise<string>(() => {}));
  await bus.respond(COMMANDS, 'group', asked);
  const send = createCommandClient(bus, DEADLINE_MS, logger);

  expect(await send({ type: 'register_user' }, context, DEADLINE_MS - 10)).toEqual(unavailable);
  expect(asked).toHaveBeenCalledOnce();
  expect(await send({ type: 'register_user' }, context, DEADLINE_MS)).toEqual(unavailable);
  expect(asked).toHaveBeenCalledOnce();
});
