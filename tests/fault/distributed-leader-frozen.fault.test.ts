import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, expect, it } from 'vitest';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { openEventStore } from '../../platform/event-store/open-event-store.ts';
import { message, twoPeople } from '../e2e/message-suite.ts';
import type { Settings } from '../support/deployment.ts';
import { type DistributedDeployment, startDistributed } from '../support/distributed-deployment.ts';
import { startDistributedOnDouble } from '../support/distributed-on-double.ts';
import { leaderFirst, type ManagedProcess, startManaged } from '../support/managed-process.ts';
import { describeWithNats } from '../support/nats-server.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { connectTab, type Tab } from '../support/tab.ts';
import { Conversations } from './distributed-conversations.ts';

const PAIRS = 4;
const SETTINGS: Settings = {
  FRAME_LIMIT_PER_S: '100000',
  // However fast the machine sends meanwhile, a tab never misses more than a resume brings back.
  RESUME_LIMIT: '100000',
};

interface Frozen {
  readonly deployment: DistributedDeployment;
  /** Where its log is. */
  readonly store: Settings;
}

describeWithNats('a leading projection service that is frozen amid sends', () => {
  const toEnd: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of toEnd.splice(0).reverse()) await end();
  });

  const deployments: [name: string, start: () => Promise<Frozen>][] = [
    [
      'PostgreSQL',
      async () => {
        const deployment = await startDistributed(SETTINGS);
        return { deployment, store: { EVENT_STORE: 'postgres', DATABASE_URL: deployment.databaseUrl } };
      },
    ],
    [
      'a double of EventStoreDB',
      async () => {
        const deployment = await startDistributedOnDouble(SETTINGS);
        const where = { EVENTSTORE_URL: deployment.double.url, DATABASE_URL: deployment.databaseUrl };
        return { deployment, store: { EVENT_STORE: 'eventstoredb', ...where } };
      },
    ],
  ];

  it.each(deployments)('is replaced, and writes and doubles nothing when it wakes: %s', async (_, start) => {
    const { deployment, store: where } = await start();
    toEnd.push(() => deployment.stop());
    const log = await openLog(where);
    toEnd.push(() => log.close());
    const { databaseUrl: DATABASE_URL, nats } = deployment;
    const second = await startManaged('projection-service/main.js', {
      DATABASE_URL,
      NATS_URL: nats.url,
      ...where,
    });
    toEnd.push(() => second.stop());
    const conversations = await Conversations.between(deployment.addresses, PAIRS);

    await conversations.sendDuring(async () => {
      await conversations.moreArrivals(conversations.underWay);
      for (let round = 0; round < 2; round += 1) {
        const [leader, follower] = await leaderFirst(deployment.projection, second);
        await frozenWhile(leader, async () => {
          await expect
            .poll(() => follower.metric('rally_projection_leading'), { timeout: PATIENCE_MS })
            .toBe(1);
          await conversations.moreArrivals(conversations.underWay);
          expect(await follower.readiness()).toBe(200);
        });
        await conversations.moreArrivals(conversations.underWay * 8);
        await expect.poll(() => leader.readiness()).toBe(200);
      }
    });
    await conversations.expectAllEverywhere(log);
    conversations.expectOnlyUnavailable();
    const outputs = [deployment.projection, second].map((projection) => projection.output());
    expect(outputs.join('')).toMatch(/a silent leader is replaced/);
  });

  it('keeps tabs waiting that join meanwhile, for two seconds, and they miss nothing', async () => {
    const deployment = await startDistributed({ ...SETTINGS, CATCH_UP_TIMEOUT_MS: String(PATIENCE_MS) });
    toEnd.push(() => deployment.stop());
    const { bob, chatId, annTab, bobTab } = await twoPeople(deployment);
    await annTab.ask('new_message', message(chatId, 'before'));
    await bobTab.frame(({ data }) => data.content === 'before');
    const cursor = bobTab.lastCursor;
    const joining = await frozenWhile(deployment.projection, async () => {
      for (const content of ['one', 'two', 'three'])
        await annTab.ask('new_message', message(chatId, content));
      const tabs = { coming: connectTab(bob, { cursor }), fresh: connectTab(bob) };
      await pause(2000);
      expect([...tabs.coming.frames, ...tabs.fresh.frames]).toEqual([]);
      return tabs;
    });
    expect((await joining.coming.action('welcome')).data).toMatchObject({ recovered: true });
    const { data: begun } = await joining.fresh.action('welcome');
    await annTab.ask('new_message', message(chatId, 'after'));
    const pushesOf = async (tab: Tab) => {
      await tab.frame(({ data }) => data.content === 'after');
      return tab.of('new_message');
    };
    const missed = await pushesOf(joining.coming);
    expect(missed.map(({ data }) => data.content)).toEqual(['one', 'two', 'three', 'after']);
    // The fresh one gets all after the place where it was welcomed, wherever the leader had come to by then.
    const positionOf = (cursor: unknown) => BigInt(String(cursor).split('.')[0] ?? '');
    expect(await pushesOf(joining.fresh)).toEqual(
      missed.filter(({ cursor }) => positionOf(cursor) > positionOf(begun.cursor)),
    );
  });
});

async function frozenWhile<Result>(leader: ManagedProcess, work: () => Promise<Result>): Promise<Result> {
  leader.freeze();
  try {
    return await work();
  } finally {
    leader.thaw();
  }
}

const openLog = ({ EVENT_STORE, EVENTSTORE_URL, DATABASE_URL }: Settings): Promise<EventStore> =>
  openEventStore(
    {
      EVENT_STORE: EVENT_STORE === 'eventstoredb' ? 'eventstoredb' : 'postgres',
      EVENTSTORE_URL,
      DATABASE_URL,
    },
    pino({ level: 'silent' }),
  );
