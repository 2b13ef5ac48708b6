import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { openPostgresEventStore } from '../../platform/event-store/postgres/postgres-event-store.ts';
import { readAfter } from '../e2e/causal-suite.ts';
import { signUp, type User } from '../support/api-client.ts';
import { type DistributedDeployment, startDistributed } from '../support/distributed-deployment.ts';
import { type Link, openDatabaseLink } from '../support/link.ts';
import { loggedPresence } from '../support/logged-presence.ts';
import { describeWithNats } from '../support/nats-server.ts';
import { eventually, PATIENCE_MS } from '../support/patience.ts';
import { PersistentTab } from '../support/persistent-tab.ts';
import { openTab } from '../support/tab.ts';

const LEASE_S = 2;
const OUTAGE_MS = 3 * LEASE_S * 1000;
const PEOPLE = 8;

interface Outage {
  begin(deployment: DistributedDeployment, database: Link): void | Promise<void>;
  end(deployment: DistributedDeployment, database: Link): void | Promise<void>;
}

const mend: Outage['end'] = (_, database) => database.mend();

const OUTAGES: readonly [name: string, outage: Outage][] = [
  ['PostgreSQL is frozen', { begin: (_, database) => database.hold(), end: mend }],
  ['PostgreSQL is away', { begin: (_, database) => database.cut(), end: mend }],
  ['NATS is away', { begin: ({ nats }) => nats.kill(), end: ({ nats }) => nats.start() }],
];

describeWithNats('presence, with all gateways alive, when for longer than a lease', () => {
  let deployment: DistributedDeployment;
  let database: Link;
  let log: EventStore;

  beforeAll(async () => {
    deployment = await startDistributed(
      {
        SESSION_LEASE_S: String(LEASE_S),
        OFFLINE_GRACE_MS: '1000',
        // What was on its way is known to be lost only when this is over.
        COMMAND_TIMEOUT_MS: '2000',
        CATCH_UP_TIMEOUT_MS: String(PATIENCE_MS),
      },
      {
        databaseForServices: async (url) => {
          const link = await openDatabaseLink(url);
          database = link;
          return link.url;
        },
      },
    );
    const { databaseUrl: url } = deployment;
    log = await openPostgresEventStore({ url, logger: pino({ level: 'silent' }) });
  });
  afterAll(async () => {
    await log?.close();
    await deployment?.stop();
    await database?.close();
  });

  const isOnline = async (user: User): Promise<boolean> =>
    (await loggedPresence(log, [user])).presenceOf(user.username).isOnline;

  /** At both gateways, to each who asks. */
  const expectShown = async (users: readonly User[], status: boolean): Promise<void> => {
    for (const user of users)
      for (const address of deployment.addresses)
        expect(await readAfter(user, address, '/self', '0')).toMatchObject({ body: { is_online: status } });
  };

  it.each(OUTAGES)('%s: who stays is online, and who leaves meanwhile is not', async (_, outage) => {
    const { addresses } = deployment;
    const addressOf = (index: number) => addresses[index % 2 === 0 ? 0 : 1];
    const [stay, leave] = await Promise.all(
      [PEOPLE, 2].map((count) =>
        Promise.all(Array.from({ length: count }, (_, index) => signUp(addressOf(index)))),
      ),
    );
    if (!stay || !leave) throw new Error('two groups are two groups');
    let isOver = false;
    const tabs = stay.map((user, index) => new PersistentTab(user, async () => addressOf(index)));
    const listening = tabs.map((tab) => tab.listen(() => isOver));
    await Promise.all(tabs.map(({ welcomed }) => welcomed));
    const leaving = await Promise.all(leave.map((user) => openTab(user)));
    for (const user of [...stay, ...leave])
      await eventually(async () => expect(await isOnline(user)).toBe(true));

    await outage.begin(deployment, database);
    const over = pause(OUTAGE_MS);
    await deployment.expectReadiness(Array(6).fill(503));
    for (const tab of leaving) await tab.close();
    await over;
    await outage.end(deployment, database);
    await deployment.expectReadiness(Array(6).fill(200));

    for (const user of leave) await eventually(async () => expect(await isOnline(user)).toBe(false));
    const { presenceOf, changesOf } = await loggedPresence(log, [...stay, ...leave]);
    for (const { username } of stay) {
      expect(changesOf(username)).toEqual(['online']);
      expect(presenceOf(username).sessions).toHaveLength(1);
    }
    await expectShown(stay, true);
    await expectShown(leave, false);
    await eventually(() => {
      for (const { statuses } of tabs)
        for (const { username } of leave) expect(statuses.get(username)).toBe('offline');
    });
    expect(tabs.map(({ closeCodes }) => closeCodes)).toEqual(tabs.map(() => []));
    isOver = true;
    for (const tab of tabs) tab.breakOff();
    await Promise.all(listening);
  });
});
