import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../local-cluster/free-port.ts';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { openEventStore } from '../../platform/event-store/open-event-store.ts';
import { createPostgresPool } from '../../platform/postgres/postgres-pool.ts';
import { projectionDigest } from '../../projection-service/digest.ts';
import { rebuild } from '../../projection-service/rebuild.ts';
import { READ_SCHEMA } from '../../read-models/schema-name.ts';
import { openChat, signUp } from '../support/api-client.ts';
import { type RunningStandalone, startStandalone } from '../support/embedded-deployment.ts';
import { listedMessages } from '../support/listed-messages.ts';
import { SOON_OFFLINE, untilNobodyIsOnline } from '../support/nobody-online.ts';
import { type Outgoing, PersistentSender } from '../support/persistent-sender.ts';
import { soaking } from '../support/soak.ts';

const PAIRS = 10;
const MESSAGES_PER_PAIR = soaking(250, 500);
const KILLS = soaking(5, 10);

describe('a standalone process that is killed again and again amid sends', () => {
  let home: string;
  let settings: Record<'DATA_DIR', string> & Record<string, string>;
  let running: Promise<RunningStandalone>;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'rally-kill-'));
    const port = { PORT: String(await freePort()) };
    settings = { DATA_DIR: join(home, 'data'), ...port, FRAME_LIMIT_PER_S: '100000', ...SOON_OFFLINE };
    running = startStandalone(settings);
    await running;
  });

  afterAll(async () => {
    await (await running).rally.stop();
    await rm(home, { recursive: true, force: true });
  });

  it('has every acked message exactly once, in the log, over HTTP and on the tabs', async () => {
    const { address } = await running;
    let acks = 0;
    let kills = 0;
    const killNowAndThen = () => {
      acks += 1;
      if (kills >= KILLS || acks < ((kills + 1) * PAIRS * MESSAGES_PER_PAIR) / (KILLS + 1)) return;
      kills += 1;
      running = running.then(async ({ rally }) => {
        await rally.kill();
        return startStandalone(settings);
      });
    };
    const options = { window: 20, gateway: async () => (await running).address };
    const pairs = await Promise.all(
      Array.from({ length: PAIRS }, async () => {
        const [ann, bob] = await Promise.all([signUp(address, 'Ann'), signUp(address, 'Bob')]);
        const messages = outgoing(await openChat(ann, bob));
        const sender = new PersistentSender(ann, { ...options, onAck: killNowAndThen });
        const receiver = new PersistentSender(bob, options);
        const listening = receiver.listen(() => receiver.received.length >= MESSAGES_PER_PAIR);
        await receiver.welcomed;
        return { ann, bob, messages, sender, receiver, listening };
      }),
    );

    await Promise.all(pairs.flatMap(({ messages, sender, listening }) => [sender.send(messages), listening]));

    expect(kills).toBe(KILLS);
    for (const { ann, bob, messages, sender, receiver } of pairs) {
      const ids = messages.map(({ id }) => id).sort();
      expect([...sender.acked.keys()].sort()).toEqual(ids);
      expect(receiver.unrecovered).toBe(0);
      expect([...receiver.received].sort()).toEqual(ids);
      const listed = await listedMessages(ann, bob);
      expect([...listed].sort()).toEqual(ids);
      expect(listed.reverse()).toEqual(receiver.received);
    }
    const sent = pairs.flatMap(({ messages }) => messages.map(({ id }) => id));
    await withDatabase(settings.DATA_DIR, async (pool, store) => {
      expect(await storedMessageIds(pool)).toEqual(sent.sort());
      await untilNobodyIsOnline(pool);
      await rebuild({ store, pool, schema: 'clean_run', signal: new AbortController().signal });
      expect(await projectionDigest(pool, READ_SCHEMA)).toEqual(await projectionDigest(pool, 'clean_run'));
    });
  });
});

const outgoing = (chatId: string): Outgoing[] =>
  Array.from({ length: MESSAGES_PER_PAIR }, (_, index) => ({
    chat_id: chatId,
    id: randomUUID(),
    content: `message ${index}`,
    timestamp: String(index),
  }));

/** Looks into the running process's own PostgreSQL, by its socket. */
async function withDatabase(
  dataDirectory: string,
  look: (pool: pg.Pool, store: EventStore) => Promise<void>,
): Promise<void> {
  const socket = encodeURIComponent(join(dataDirectory, 'postgres'));
  const url = `postgres://postgres@localhost/postgres?host=${socket}`;
  const logger = pino({ level: 'silent' });
  const pool = createPostgresPool({ url, applicationName: 'test', max: 3, logger });
  const store = await openEventStore({ EVENT_STORE: 'postgres', DATABASE_URL: url }, logger);
  try {
    await look(pool, store);
  } finally {
    await store.close();
    await pool.end();
  }
}

async function storedMessageIds(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `select data->>'messageId' as id from event_log.events where type = 'MessageSent' order by 1`,
  );
  return rows.map(({ id }) => id);
}
