import { CLOSE_CODES, type ClientReaction } from '../../protocol/close-codes.ts';
import { arrive, expectSame, type Person, until } from './person.ts';
import type { World } from './world.ts';

export type Step = (world: World) => Promise<void>;

/** What the client does after its socket was closed, and what it does not. */
type Expectation = (world: World, ann: Person) => Promise<void>;

const comesBack: Expectation = async (_world, ann) => {
  await until('a second welcome', () => ann.welcomes.length === 2);
  expectSame('recovered', ann.welcomes[1], true);
  await ann.ready();
};

const staysAway = async (world: World, ann: Person, cause: string, ms: number): Promise<void> => {
  await until('it waits', () => ann.phase === 'waiting');
  const { handshakes } = await world.outside({ do: 'look' });
  const connection = ann.rally.live.connection.get();
  expectSame('cause', connection.phase === 'waiting' && connection.cause, cause);
  await world.clock.jump(ms);
  expectSame('handshakes', (await world.outside({ do: 'look' })).handshakes, handshakes);
};

const REACTIONS: Readonly<Record<ClientReaction, Expectation>> = {
  resume: comesBack,
  async resume_later(world, ann) {
    await staysAway(world, ann, 'rate_limited', 9_000);
    await world.clock.jump(2000);
    await comesBack(world, ann);
  },
  async resume_when_seen(world, ann) {
    await staysAway(world, ann, 'too_many_tabs', 55_000);
    await world.clock.jump(6000);
    await comesBack(world, ann);
  },
  async refresh(world, ann) {
    await comesBack(world, ann);
    expectSame('refreshes', (await world.outside({ do: 'look' })).refreshes, 1);
  },
  async stop(world, ann) {
    await until('it is closed', () => ann.phase === 'closed');
    const { handshakes } = await world.outside({ do: 'look' });
    await world.clock.jump(300_000);
    expectSame('handshakes', (await world.outside({ do: 'look' })).handshakes, handshakes);
    expectSame('phase', ann.phase, 'closed');
  },
};

const closings: readonly (readonly [string, number, ClientReaction])[] = [
  ...Object.entries(CLOSE_CODES).map(([name, { code, client }]) => [name, code, client] as const),
  ['no reason', 1006, 'resume'],
  ['a proxy that goes', 1001, 'resume'],
  ['a proxy that fails', 1011, 'resume'],
];

const closingSteps = closings.map(([name, code, reaction]): [string, Step] => [
  `closed with ${code} (${name}): ${reaction}`,
  async (world) => {
    const ann = await arrive(world);
    await world.outside({ do: 'close', code });
    await until('it is noticed', () => ann.phase !== 'ready' || ann.welcomes.length === 2);
    if (reaction !== 'stop') await ann.hear('while it was away');
    await REACTIONS[reaction](world, ann);
    if (reaction !== 'stop') await ann.expectShown('while it was away');
  },
]);

export const connectionSteps: readonly (readonly [string, Step])[] = [
  ...closingSteps,
  [
    'handshakes that are refused are tried again',
    async (world) => {
      const ann = await arrive(world);
      await world.outside({ do: 'fault', faults: { refusedHandshakes: 4 } });
      await world.outside({ do: 'close', code: 1006 });
      await until('it waits', () => ann.phase === 'waiting');
      await until('a second welcome', async () => {
        if (ann.phase === 'waiting') await world.clock.jump(500);
        return ann.welcomes.length === 2;
      });
      expectSame('recovered', ann.welcomes[1], true);
      expectSame('session', ann.rally.session.get().phase, 'signed_in');
    },
  ],
  [
    'a connection in which nothing is heard any more is given up, and what was swallowed comes',
    async (world) => {
      const ann = await arrive(world);
      await world.outside({ do: 'silence' });
      await ann.hear('one', 'two');
      await comesBack(world, ann);
      await ann.expectShown('one', 'two');
    },
  ],
  [
    'a minute without a way to the server',
    async (world) => {
      const ann = await arrive(world);
      await ann.send('before');
      await ann.expectShown('before');
      await world.outside({ do: 'cut' });
      await until('it is noticed', () => ann.phase === 'waiting');
      await ann.send('meanwhile, from here');
      await ann.hear('meanwhile, from there');
      await world.clock.jump(60_000);
      expectSame('welcomes', ann.welcomes.length, 1);
      await world.outside({ do: 'mend' });
      await world.clock.jump(20_000);
      await comesBack(world, ann);
      await ann.expectShown('before', 'meanwhile, from there', 'meanwhile, from here');
    },
  ],
  [
    'a while offline',
    async (world) => {
      const ann = await arrive(world);
      await world.outside({ do: 'network', isThere: false });
      await until('it is offline', () => ann.phase === 'offline');
      await ann.send('from the tunnel');
      await ann.hear('one', 'two');
      await world.clock.jump(60_000);
      expectSame('welcomes', ann.welcomes.length, 1);
      await world.outside({ do: 'network', isThere: true });
      await comesBack(world, ann);
      await ann.expectShown('one', 'two', 'from the tunnel');
    },
  ],
  [
    'a tab that was frozen, whose connection died meanwhile',
    async (world) => {
      const ann = await arrive(world);
      await world.outside({ do: 'freeze', to: ann.username, contents: ['one', 'two'] });
      await comesBack(world, ann);
      await ann.expectShown('one', 'two');
    },
  ],
];
