import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openChat, signUp } from '../support/api-client.ts';
import { describeWithNats } from '../support/nats-server.ts';
import { type Attacker, attack } from './attacker.ts';
import type { AttackName } from './attacks/all.ts';
import type { Target } from './attacks/attack.ts';
import { Bystanders, KINDS, type Medians, twoBystanders } from './bystanders.ts';
import { type AttackedDeployment, startLocalCluster, startStandalone } from './deployments.ts';

const QUIET_MS = 1500;
const ATTACKED_MS = 3000;

/** How much slower an attack may make it for others. */
const FACTOR = 3;
/**
 * A quiet median counts as no less than this, in milliseconds: where an answer takes two, waiting once for the core on
 * which the attacker or PostgreSQL runs is three times as much, and says nothing about Rally.
 */
const FLOORS: Medians = { ack: 8, push: 8, page: 8, login: 80 };
/** Nor as more than this: what an earlier attack has left behind is not quiet. */
const CEILINGS: Medians = { ack: 100, push: 100, page: 100, login: 500 };
/** What is kept for a socket that does not read is bounded: this is less than two seconds of the flood, and more than a heap's noise. */
const UNREAD_MB = 40;

const ATTACKS: readonly AttackName[] = [
  'ping flood',
  'many sockets',
  'deep offsets',
  'abandoned requests',
  'unfinished signups',
  'idle connections',
];

const DEPLOYMENTS = [
  { place: 'in one process', start: startStandalone, describe, attacks: ATTACKS },
  {
    place: 'in many processes',
    start: startLocalCluster,
    describe: describeWithNats,
    // What is different there: sockets and frames go through the bus, and through services that stand still meanwhile.
    attacks: ['ping flood', 'many sockets', 'abandoned requests', 'largest frames'] as const,
  },
];

for (const { place, start, describe, attacks } of DEPLOYMENTS)
  describe(`bystanders ${place}`, () => {
    let deployment: AttackedDeployment;
    let people: Awaited<ReturnType<typeof twoBystanders>>;
    let bystanders: Bystanders;
    let target: Target;
    beforeAll(async () => {
      deployment = await start();
      people = await twoBystanders(deployment.addresses);
      target = await prepareAttackers(deployment.addresses);
    });
    afterAll(() => deployment?.stop());
    beforeEach(async () => {
      bystanders = await Bystanders.start(people);
    });
    afterEach(() => bystanders.stop());

    // Whoever else uses the machine may begin in the middle of it: then it is measured once more.
    it.each(attacks)('are left in peace by: %s', { retry: 1 }, async (name) => {
      const quiet = await bystanders.measure(QUIET_MS);
      const before = await deployment.megabytes();
      const attacker = await begin(name);
      const attacked = await bystanders.measure(ATTACKED_MS);
      const grown = (await deployment.megabytes()) - before;
      const counts = await attacker.stop();
      const words = `${inWords(quiet, attacked)}; ${grown} MB more, ${JSON.stringify(counts)}`;
      process.stdout.write(`${place}, ${name}: ${words}\n`);
      if (name === 'ping flood') expect(grown).toBeLessThan(UNREAD_MB);
      expect(KINDS.filter((kind) => attacked[kind] > FACTOR * atRest(kind, quiet))).toEqual([]);
    });

    /** Frames that arrive while nothing is projected are what the largest batches are made of. */
    function begin(name: AttackName): Promise<Attacker> {
      const start = () => attack(name, target);
      return name === 'largest frames' ? deployment.withProjectionPaused(start) : start();
    }
  });

async function prepareAttackers(addresses: readonly [string, ...string[]]): Promise<Target> {
  const [mallory, accomplice] = [await signUp(addresses[0], 'Mallory'), await signUp(addresses[0], 'Trudy')];
  return {
    addresses,
    chatId: await openChat(mallory, accomplice),
    token: mallory.cookies.get('access_token') ?? '',
    accompliceToken: accomplice.cookies.get('access_token') ?? '',
  };
}

const atRest = (kind: keyof Medians, quiet: Medians): number =>
  Math.min(Math.max(quiet[kind], FLOORS[kind]), CEILINGS[kind]);

const inWords = (quiet: Medians, attacked: Medians): string =>
  KINDS.map((kind) => `${kind} ${quiet[kind].toFixed(1)} → ${attacked[kind].toFixed(1)} ms`).join(', ');
