import { Registry } from 'prom-client';
import { v7 as newId } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dueDuels } from '../../housekeeping/duels.ts';
import { type Chore, type HouseOptions, keepHouse } from '../../housekeeping/keep-house.ts';
import { createHousekeepingMetrics } from '../../housekeeping/metrics.ts';
import { createSendCommands } from '../../housekeeping/send-commands.ts';
import { workingOff } from '../../housekeeping/work-off.ts';
import { createInProcessBus } from '../../platform/message-bus/in-process/in-process-bus.ts';
import type { MessageBus } from '../../platform/message-bus/message-bus.ts';
import { pause } from '../../platform/pause.ts';
import { createLease, migrateLeases } from '../../platform/postgres/leases.ts';
import { createPostgresPool } from '../../platform/postgres/postgres-pool.ts';
import type { Service } from '../../platform/service/service.ts';
import { ReadModelsUnavailable } from '../../read-models/snapshot.ts';
import { type Link, openDatabaseLink } from '../support/link.ts';
import { eventually, PATIENCE_MS } from '../support/patience.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import {
  CommandsByHand,
  DuelList,
  invitationsOf,
  metricOf,
  NOW,
  SETTLED,
  silent,
  UP_TO,
} from './running-housekeeping.ts';

interface Housekeeper extends Service {
  isElected(): Promise<boolean>;
}

interface HousekeeperOptions extends Partial<Pick<HouseOptions, 'intervalMs'>> {
  readonly leaseMs?: number;
  readonly bus?: MessageBus;
  readonly dueDuels?: DuelList['find'];
  /** Beside duels. */
  readonly others?: readonly Chore[];
}

describe('housekeeping', () => {
  let database: TestDatabase;
  let way: Link & { readonly url: string };
  let pool: ReturnType<typeof createPostgresPool>;
  let commands: CommandsByHand;
  let list: DuelList;
  let started: Service[];

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    [commands, list, started] = [await CommandsByHand.open(), new DuelList(), []];
    way = await openDatabaseLink(database.url);
    pool = createPostgresPool({
      url: way.url,
      applicationName: 'test',
      max: 4,
      statementTimeoutMs: 1000,
      logger: silent,
    });
    commands.answer = (request) => {
      for (const id of invitationsOf(request)) list.remove(id);
      return request.commands.map(() => SETTLED);
    };
  });
  afterEach(async () => {
    await Promise.all(started.map((service) => service.stop()));
    await pool.end();
    await way.close();
  });

  /** Its lease does not lapse, as long as the test says nothing else. */
  async function start({
    leaseMs = PATIENCE_MS,
    bus = commands.bus,
    dueDuels: find = list.find,
    others = [],
    ...options
  }: HousekeeperOptions = {}): Promise<Housekeeper> {
    const registry = new Registry();
    const metrics = createHousekeepingMetrics(registry);
    const sendCommands = createSendCommands({ bus, logger: silent, metrics, newId });
    const service = await keepHouse({
      prepare: () => migrateLeases(pool),
      lease: createLease({ pool, name: 'housekeeping', holder: newId(), lapseMs: leaseMs }),
      chores: [
        workingOff(dueDuels({ dueDuels: find }), { sendCommands, metrics, clock: () => NOW }),
        ...others,
      ],
      metrics,
      intervalMs: 10,
      logger: silent,
      ...options,
    });
    started.push(service);
    const isElected = async () => (await metricOf(registry, 'rally_housekeeping_elected'))[''] === 1;
    return { ...service, isElected };
  }

  const settled = (due: readonly string[]) =>
    eventually(() => expect(commands.asked()).toEqual(expect.arrayContaining([...due])));

  /** The list as somebody sees it who is frozen whenever a test wants it: nothing of what follows happens either. */
  function freezableList() {
    let frozen: Promise<void> | null = null;
    let thaw = () => {};
    return {
      freeze() {
        frozen = new Promise((resolve) => {
          thaw = resolve;
        });
      },
      thaw: () => {
        frozen = null;
        thaw();
      },
      find: async (page: Parameters<typeof list.find>[0]) => {
        const found = await list.find(page);
        await frozen;
        return found;
      },
    };
  }

  it('is done by one of several, which are all ready', async () => {
    const housekeepers = await Promise.all([start(), start(), start()]);
    const due = list.add(5);
    await settled(due);
    expect(commands.asked()).toHaveLength(5);
    const elected = await Promise.all(housekeepers.map((housekeeper) => housekeeper.isElected()));
    expect(elected.filter((is) => is)).toHaveLength(1);
    for (const housekeeper of housekeepers) expect(await housekeeper.notReady()).toBeNull();
  });

  it('is taken over at once from one that stops', async () => {
    const first = await start();
    const second = await start();
    expect([await first.isElected(), await second.isElected()]).toEqual([true, false]);
    await first.stop();
    expect(await first.notReady()).toBe('stopping');
    await settled(list.add(3));
    expect([await first.isElected(), await second.isElected()]).toEqual([false, true]);
  });

  it('is taken over from one that is frozen, which waits when it wakes up', async () => {
    const leaseMs = 200;
    const frozen = freezableList();
    const first = await start({ leaseMs, dueDuels: frozen.find });
    expect(await first.isElected()).toBe(true);
    frozen.freeze();
    const second = await start();
    await eventually(async () => expect(await second.isElected()).toBe(true));
    const due = list.add(3);
    await settled(due);
    frozen.thaw();
    await eventually(async () => expect(await first.isElected()).toBe(false));
    expect(await second.isElected()).toBe(true);
    expect(await first.notReady()).toBeNull();
  });

  it('waits, when it stops, for the answers that are on their way, and asks for nothing more', async () => {
    list.add(1);
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    commands.answer = async ({ commands: asked }) => {
      await answered;
      return asked.map(() => SETTLED);
    };
    const housekeeper = await start();
    await eventually(() => expect(commands.underWay).toBe(1));
    const stopped = housekeeper.stop().then(() => commands.underWay);
    answer();
    expect(await stopped).toBe(0);
    const asked = commands.requests.length;
    list.add(5);
    expect(await (await start({ dueDuels: async () => ({ answer: [], upTo: UP_TO }) })).isElected()).toBe(
      true,
    );
    expect(commands.requests).toHaveLength(asked);
  });

  it('does one thing beside the other: what takes long, or is never answered, holds up nothing else', async () => {
    let busy = 0;
    const endless: Chore = async ({ onLooked, signal }) => {
      onLooked();
      busy += 1;
      await pause(PATIENCE_MS, signal);
    };
    const housekeeper = await start({ others: [endless, endless] });
    await settled(list.add(3));
    await settled(list.add(3));
    expect([busy, await housekeeper.notReady()]).toEqual([2, null]);
  });

  it('is ready once it has looked at everything', async () => {
    let see = () => {};
    const sight = new Promise<void>((resolve) => {
      see = resolve;
    });
    let isReady = false;
    const starting = start({ others: [() => sight] }).then(() => {
      isReady = true;
    });
    try {
      await settled(list.add(3));
      expect(isReady).toBe(false);
    } finally {
      see();
      await starting;
    }
  });

  it('begins everything anew when one thing fails, and goes on with all of it', async () => {
    const failing: { error: Error | null; rounds: number } = { error: null, rounds: 0 };
    const fragile: Chore = async () => {
      failing.rounds += 1;
      if (failing.error) throw failing.error;
    };
    const housekeeper = await start({ others: [fragile] });
    failing.error = new Error('broken');
    await eventually(async () => expect(await housekeeper.notReady()).toBe('what is due cannot be read'));
    expect(await housekeeper.isElected()).toBe(false);
    failing.error = null;
    await eventually(async () => expect(await housekeeper.notReady()).toBeNull());
    await settled(list.add(3));
  });

  it('is not ready while its database is away, and goes on afterwards; without one it starts all the same', async () => {
    const first = await start();
    way.cut();
    await eventually(async () => expect(await first.notReady()).toBe('the database is away'));
    expect(await first.isElected()).toBe(false);
    const second = await start();
    expect(await second.notReady()).toBe('the database is away');
    const due = list.add(3);
    way.mend();
    await settled(due);
    for (const housekeeper of [first, second])
      await eventually(async () => expect(await housekeeper.notReady()).toBeNull());
  });

  it('goes on when the database answers nobody for a while', async () => {
    const housekeeper = await start();
    way.swallow();
    await eventually(async () => expect(await housekeeper.notReady()).toBe('the database is away'));
    way.mend();
    await settled(list.add(1));
  });

  it('is not ready while the read models are being filled', async () => {
    let filled = false;
    const housekeeper = await start({
      dueDuels: async (page) => {
        if (!filled) throw new ReadModelsUnavailable('the read models are being filled');
        return list.find(page);
      },
    });
    expect(await housekeeper.notReady()).toBe('the read models are being filled');
    filled = true;
    await settled(list.add(1));
    await eventually(async () => expect(await housekeeper.notReady()).toBeNull());
  });

  it('stays ready when nobody answers its commands, and sends them when somebody does', async () => {
    const due = list.add(1);
    const nobody = createInProcessBus({ logger: silent });
    let bus: MessageBus = nobody;
    let asked = 0;
    const request: MessageBus['request'] = (...arguments_) => {
      asked += 1;
      return bus.request(...arguments_);
    };
    const housekeeper = await start({ bus: { ...nobody, request } });
    await eventually(() => expect(asked).toBeGreaterThan(1));
    expect(await housekeeper.notReady()).toBeNull();
    bus = commands.bus;
    await settled(due);
  });

  it('does not start on what it cannot read, and holds no lease afterwards', async () => {
    const broken = start({ dueDuels: async () => Promise.reject(new Error('no such column')) });
    await expect(broken).rejects.toThrow('no such column');
    expect(await (await start()).isElected()).toBe(true);
  });

  it('makes its table again when an operator has dropped it', async () => {
    const housekeeper = await start();
    await pool.query('drop schema leases cascade');
    await settled(list.add(1));
    await eventually(async () => expect(await housekeeper.notReady()).toBeNull());
  });
});
