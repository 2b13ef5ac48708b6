import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { freePort } from '../../local-cluster/free-port.ts';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { openPostgresEventStore } from '../../platform/event-store/postgres/postgres-event-store.ts';
import { type RunningStandalone, startStandalone } from '../support/embedded-deployment.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { soaking } from '../support/soak.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { ClientCrowd } from './client-crowd.ts';

const MESSAGES = soaking(1500, 20_000);
/** So that no chat has many thousands: a tab looks at all of a chat for each that comes. */
const PAIRS = soaking(3, 9);
const STEPS = 20;
/** Each tab sends one after the other, and waits for the answer: on a slow machine, with everything else that is going on. */
const LIMIT_MS = 2 * PATIENCE_MS + 60 * MESSAGES;

describe(`${MESSAGES} messages through clients of a process that is killed and drained`, () => {
  let home: string;
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let settings: Record<string, string>;
  let running: RunningStandalone;
  let store: EventStore;
  let crowd: ClientCrowd;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'rally-clients-'));
    database = await createTestDatabase();
    settings = {
      DATA_DIR: join(home, 'data'),
      DATABASE_URL: database.url,
      JWT_SECRET: 'x'.repeat(32),
      PORT: String(await freePort()),
    };
    running = await startStandalone(settings);
    store = await openPostgresEventStore({ url: database.url, logger: pino({ level: 'silent' }) });
    crowd = new ClientCrowd(running.address);
  });

  afterAll(async () => {
    crowd?.stop();
    await store?.close();
    await running?.rally.stop();
    await database?.drop();
    await rm(home, { recursive: true, force: true });
  });

  const again = async (end: 'kill' | 'stop') => {
    await running.rally[end]();
    running = await startStandalone(settings);
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
        if (step === 5 || step === 12) await again('kill');
        if (step === 9 || step === 16) await again('stop');
      });
      await crowd.expectAllAsLogged(store);
    },
    LIMIT_MS,
  );
});
