import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pLimit from 'p-limit';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { openPostgresEventStore } from '../../platform/event-store/postgres/postgres-event-store.ts';
import { statusesOf } from '../e2e/watched.ts';
import { signUp, type User } from '../support/api-client.ts';
import { type DistributedDeployment, startDistributed } from '../support/distributed-deployment.ts';
import { loggedPresence } from '../support/logged-presence.ts';
import { describeWithNats } from '../support/nats-server.ts';
import { eventually } from '../support/patience.ts';
import { PersistentTab } from '../support/persistent-tab.ts';
import { signedInCrowd } from '../support/signed-in-crowd.ts';
import { soaking } from '../support/soak.ts';
import { connectTab, type Tab } from '../support/tab.ts';

const LEASE_S = 3;
const SESSIONS = soaking(1000, 2000);
/** Of those who have these sessions. They have another one at the gateway that stays. */
const ELSEWHERE_TOO = SESSIONS / 5;
const CONNECTING_AT_ONCE = 64;
/** Each of the observer's tabs. They are told of all of these in little more than a second. */
const WATCHED = 250;
const FROZEN = 20;

describeWithNats('a gateway that is gone, with tabs,', () => {
  const JWT_SECRET = randomBytes(32).toString('base64url');
  let deployment: DistributedDeployment;
  let log: EventStore;
  /** At the gateway that stays. */
  let observer: User;

  beforeAll(async () => {
    deployment = await startDistributed({ JWT_SECRET, SESSION_LEASE_S: String(LEASE_S) });
    const { databaseUrl: url, addresses } = deployment;
    log = await openPostgresEventStore({ url, logger: pino({ level: 'silent' }) });
    observer = await signUp(addresses[0], 'Olga');
  });
  afterAll(async () => {
    await log?.close();
    await deployment?.stop();
  });

  const crowdOf = (count: number): Promise<User[]> => {
    const { databaseUrl, addresses } = deployment;
    return signedInCrowd(count, { databaseUrl, log, jwtSecret: JWT_SECRET, address: addresses[0] });
  };

  const untilCounted = (users: readonly User[], sessions: number): Promise<void> =>
    eventually(async () => {
      const { opened, dropped } = await loggedPresence(log, users);
      expect(opened.length - dropped.length).toBe(sessions);
    }, 100);

  it('is missed when it is killed: by those who were there alone, and soon; nothing comes back with it', async () => {
    const users = await crowdOf(SESSIONS);
    const [both, lost] = [users.slice(0, ELSEWHERE_TOO), users.slice(ELSEWHERE_TOO)];
    const [stays, dies] = deployment.addresses;
    const inTurn = pLimit(CONNECTING_AT_ONCE);
    const crowd = await Promise.all([
      ...users.map((user) => inTurn(openSilentTab, user, dies)),
      ...both.map((user) => inTurn(openSilentTab, user, stays)),
    ]);
    await untilCounted(users, SESSIONS + ELSEWHERE_TOO);
    const tabs = await watch(observer, users);
    await untilTold(tabs, users, 'online');

    await deployment.gateways[1].kill();
    const since = performance.now();
    const back = deployment.gateways[1].start();
    const sinceThen = () => Math.round(performance.now() - since);
    const [told, listed] = await Promise.all([
      untilTold(tabs, lost, 'offline').then(sinceThen),
      eventually(async () => {
        expect(await onlineInSearch(observer, users)).toEqual(both.map(({ username }) => username));
      }, 100).then(sinceThen),
      back,
    ]);
    process.stdout.write(
      `${SESSIONS} sessions lost, with a lease of ${LEASE_S} s: offline by push after ${told} ms, in searches after ${listed} ms\n`,
    );

    await untilCounted(users, ELSEWHERE_TOO);
    const { opened, dropped, changesOf } = await loggedPresence(log, users);
    expect(opened).toHaveLength(SESSIONS + ELSEWHERE_TOO);
    expect(dropped).toHaveLength(SESSIONS);
    expect(new Set(dropped).size).toBe(SESSIONS);
    for (const user of users) {
      const changes = both.includes(user) ? ['online'] : ['online', 'offline'];
      expect(changesOf(user.username)).toEqual(changes);
      expect(tabs.flatMap((tab) => statusesOf(tab, user))).toEqual(changes);
    }
    for (const { socket } of [...crowd, ...tabs]) socket.terminate();
  });

  it('and that was frozen twice as long as its lease is fenced: its tabs come back, and are all that counts', async () => {
    const users = await crowdOf(FROZEN);
    const [both, alone] = [users.slice(0, FROZEN / 2), users.slice(FROZEN / 2)];
    const [stays, freezes] = deployment.addresses;
    const at = (address: string) => (user: User) => new PersistentTab(user, async () => address);
    const [frozen, others] = [users.map(at(freezes)), both.map(at(stays))];
    let isOver = false;
    const listening = [...frozen, ...others].map((tab) => tab.listen(() => isOver));
    await untilCounted(users, frozen.length + others.length);
    const tabs = await watch(observer, users);
    await untilTold(tabs, users, 'online');
    const { opened: before } = await loggedPresence(log, users);

    deployment.gateways[1].freeze();
    await pause(2 * LEASE_S * 1000);
    await untilTold(tabs, alone, 'offline');
    deployment.gateways[1].thaw();
    await untilTold(tabs, users, 'online');
    await untilCounted(users, frozen.length + others.length);
    expect(frozen.map(({ closeCodes }) => closeCodes)).toEqual(frozen.map(() => [3001]));
    expect(others.map(({ closeCodes }) => closeCodes)).toEqual(others.map(() => []));

    const { opened, dropped, changesOf, presenceOf } = await loggedPresence(log, users);
    expect(opened).toHaveLength(before.length + frozen.length);
    expect(dropped).toHaveLength(frozen.length);
    expect(before).toEqual(expect.arrayContaining([...dropped]));
    expect(new Set(dropped).size).toBe(dropped.length);
    for (const user of users) {
      const changes = both.includes(user) ? ['online'] : ['online', 'offline', 'online'];
      expect(changesOf(user.username)).toEqual(changes);
      expect(tabs.flatMap((tab) => statusesOf(tab, user))).toEqual(changes);
      expect(presenceOf(user.username).sessions).toHaveLength(both.includes(user) ? 2 : 1);
    }
    expect(await onlineInSearch(observer, users)).toEqual(users.map(({ username }) => username));
    isOver = true;
    for (const tab of [...frozen, ...others]) tab.breakOff();
    await Promise.all(listening);
  });
});

/** One that wants to hear of nobody. */
async function openSilentTab(user: User, address: string): Promise<Tab> {
  const tab = connectTab(user, { address });
  tab.socket.once('open', () => tab.send({ action: 'watch_presence', data: { usernames: [] } }));
  await tab.action('welcome');
  return tab;
}

/** As many tabs of the observer as it takes to have all of these users watched. */
function watch(observer: User, users: readonly User[]): Promise<Tab[]> {
  const parts = Array.from({ length: Math.ceil(users.length / WATCHED) }, (_, part) =>
    users.slice(part * WATCHED, (part + 1) * WATCHED).map(({ username }) => username),
  );
  return Promise.all(
    parts.map(async (usernames) => {
      const tab = connectTab(observer);
      tab.socket.once('open', () => tab.send({ action: 'watch_presence', data: { usernames } }));
      await tab.action('welcome');
      return tab;
    }),
  );
}

/** Resolves when the newest that these tabs have been told of each of these users is that. */
const untilTold = (tabs: readonly Tab[], users: readonly User[], status: string): Promise<void> =>
  eventually(() => {
    const newest = new Map(
      tabs.flatMap(({ presence }) => presence.map(({ data }) => [data.username, data.status])),
    );
    expect(users.filter(({ username }) => newest.get(username) !== status)).toHaveLength(0);
  }, 50);

/** Which of a crowd a search shows as online, in its order. */
async function onlineInSearch(observer: User, [one]: readonly User[]): Promise<string[]> {
  const online: string[] = [];
  const crowd = one?.username.replace(/\.\d+$/, '.') ?? '';
  for (let next: string | null = ''; next !== null; ) {
    const before: string = next === '' ? '' : `&before=${encodeURIComponent(next)}`;
    const { body } = await observer.get(`/users?search=${crowd}&limit=100${before}`);
    const page = body as { items: { username: string; is_online: boolean }[]; next: string | null };
    const shown = page.items.filter(({ is_online }) => is_online);
    online.push(...shown.map(({ username }) => username));
    next = shown.length === page.items.length ? page.next : null;
  }
  return online;
}
