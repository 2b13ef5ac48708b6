import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, it } from 'vitest';
import { freePort } from '../../local-cluster/free-port.ts';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { openPostgresEventStore } from '../../platform/event-store/postgres/postgres-event-store.ts';
import { type DistributedDeployment, startDistributed } from '../support/distributed-deployment.ts';
import { describeWithNats } from '../support/nats-server.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { soaking } from '../support/soak.ts';
import { ClientCrowd } from './client-crowd.ts';

const MESSAGES = soaking(1500, 20_000);
/** So that no chat has many thousands: a tab looks at all of a chat for each that comes. */
const PAIRS = soaking(3, 9);
const STEPS = 20;
/** Each tab sends one after the other, and waits for the answer: on a slow machine, with everything else that is going on. */
const LIMIT_MS = 2 * PATIENCE_MS + 60 * MESSAGES;

describeWithNats(`${MESSAGES} messages through clients of services that are killed and drained`, () => {
  let deployment: DistributedDeployment;
  let store: EventStore;
  let front: Server;
  let crowd: ClientCrowd;

  beforeAll(async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    deployment = await startDistributed({ ALLOWED_ORIGINS: url, COMMAND_TIMEOUT_MS: '2000' });
    front = await balance(port, deployment.addresses);
    store = await openPostgresEventStore({
      url: deployment.databaseUrl,
      logger: pino({ level: 'silent' }),
    });
    crowd = new ClientCrowd(url);
  });

  afterAll(async () => {
    crowd?.stop();
    front?.close();
    await store?.close();
    await deployment?.stop();
  });

  /** By the step at which they come. */
  const faults: Readonly<Record<number, () => Promise<void>>> = {
    3: async () => {
      await deployment.gateways[0].kill();
      await deployment.gateways[0].start();
    },
    6: async () => {
      await deployment.nats.kill();
      await deployment.nats.start();
    },
    9: async () => {
      await deployment.projection.kill();
      await deployment.projection.start();
    },
    12: async () => {
      await deployment.gateways[1].stop();
      await deployment.gateways[1].start();
    },
    15: async () => {
      await deployment.commands[0].kill();
      await deployment.commands[0].start();
    },
  };

  it(
    'are shown in each tab once and in the log’s order',
    async () => {
      await crowd.signUp(PAIRS);
      await crowd.talk(MESSAGES, STEPS, async (step) => {
        crowd.breakOffAny();
        crowd.breakOffAny();
        if (step % 3 === 0) crowd.slowDownAny();
        if (step % 4 === 0) crowd.replaceAny();
        await faults[step]?.();
      });
      await crowd.expectAllAsLogged(store);
    },
    LIMIT_MS,
  );
});

/** One address for both gateways: each connection goes to the other one, or to the one that is there. */
async function balance(port: number, addresses: readonly [string, string]): Promise<Server> {
  let connections = 0;
  const server = createServer((near) => {
    connections += 1;
    near.on('error', () => {});
    const ports = addresses.map((address) => Number(new URL(address).port));
    const first = connections % 2;
    const pass = (index: number, isLast: boolean) => {
      const far = connect(ports[index] ?? 0, '127.0.0.1');
      far.once('error', () => (isLast ? near.destroy() : pass(1 - index, true)));
      far.once('connect', () => {
        far.on('error', () => near.destroy());
        near.pipe(far).pipe(near);
        far.on('close', () => near.destroy());
        near.on('close', () => far.destroy());
      });
    };
    pass(first, false);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
