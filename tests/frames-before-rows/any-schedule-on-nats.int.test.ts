import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectNatsBus } from '../../platform/message-bus/nats/nats-bus.ts';
import { openLink } from '../support/link.ts';
import { describeWithNats, type NatsServer, startNatsServer } from '../support/nats-server.ts';
import { anyHistory, live } from './history.ts';
import type { Member } from './slow-bus.ts';

const logger = pino({ level: 'silent' });

describeWithNats('over a real NATS server', () => {
  let server: NatsServer;

  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(() => server.stop());

  /** A process behind a connection that can be cut; `ends` are called when it is not needed any more. */
  async function connect(name: string, ends: (() => Promise<void>)[]): Promise<Member> {
    const link = await openLink({ host: '127.0.0.1', port: Number(new URL(server.url).port) });
    const bus = await connectNatsBus({ url: `nats://127.0.0.1:${link.port}`, name, logger });
    ends.push(async () => {
      link.mend();
      await bus.close();
      await link.close();
    });
    return { bus, break: () => link.cut(), mend: () => link.mend(), kill: () => link.cut() };
  }

  it('each tab sees the log, once and in order, whatever happens in whatever order', async () => {
    let steps = 0;
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), anyHistory(25), async (scheduler, history) => {
        const ends: (() => Promise<void>)[] = [];
        try {
          await live(history, {
            schedule: (label) => scheduler.schedule(Promise.resolve(), label),
            connect: (name) => connect(name, ends),
            async proceed() {
              steps += 1;
              if (scheduler.count() > 0) await scheduler.waitOne();
              // What is on its way to the server and back is not in the scheduler's hands.
              if (scheduler.count() === 0 || steps % 7 === 0) await pause(1);
            },
          });
        } finally {
          await Promise.all(ends.map((end) => end()));
        }
      }),
      { numRuns: 25, endOnFailure: true },
    );
    expect(steps).toBeGreaterThan(0);
  });
});
