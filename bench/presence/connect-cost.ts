import { RETENTION } from '../../platform/event-store/retention.ts';
import { withRally } from '../history/history.ts';
import type { CrowdUser } from '../load-generator/crowd.ts';
import { LoadGenerator } from '../load-generator/load-generator.ts';
import { serverSeconds } from '../measures/processor-cost.ts';
import { spreadOf } from '../measures/spread.ts';
import type { Cleanup } from '../processes/cleanup.ts';
import type { SystemUnderTest } from '../systems/system-under-test.ts';
import type { Connecting } from './presence-result.ts';
import { untilNobodyIsOnline, withDatabaseOf } from './until-offline.ts';

/** The data of a Rally that does not run now, and its users with so many presence events each. */
export interface PresenceHistory {
  readonly directory: string;
  readonly users: readonly CrowdUser[];
}

/** Of each. More and shorter ones: a disturbance of the machine then spoils one of many. */
const ROUNDS = 6;
/** Of a round, one after the other: each user has one tab in each. */
const WAVES = 25;
const WITHIN_MS = 50;
const MS_PER_S = 1000;

/**
 * The same tabs come and go in both histories. Both Rallies run, warmed up alike, and are measured in turn, first one first and then the other,
 * so that the machine's moods are shared. Nothing is trimmed meanwhile.
 */
export const measureConnecting = (
  few: PresenceHistory,
  many: PresenceHistory,
  cleanup: Cleanup,
): Promise<[Connecting, Connecting]> =>
  withMeter(few, cleanup, (ofFew) =>
    withMeter(many, cleanup, async (ofMany) => {
      const measured = [ofFew, ofMany].map((measure) => ({ measure, rounds: [] as Round[] }));
      for (const { measure } of measured) await measure();
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const { measure, rounds } of round % 2 === 0 ? measured : measured.toReversed())
          rounds.push(await measure());
      }
      const [first = [], second = []] = measured.map(({ rounds }) => rounds);
      return [connectingOf(first), connectingOf(second)];
    }),
  );

/** Milliseconds. */
type Round = Readonly<Record<keyof Connecting, number>>;

const connectingOf = (rounds: readonly Round[]): Connecting => ({
  processor: spreadOf(rounds.map(({ processor }) => processor)),
  welcome: spreadOf(rounds.map(({ welcome }) => welcome)),
});

const withMeter = <Result>(
  history: PresenceHistory,
  cleanup: Cleanup,
  work: (measure: () => Promise<Round>) => Promise<Result>,
): Promise<Result> =>
  withRally(history.directory, cleanup, (rally) =>
    withoutTrimming(history.directory, async () => {
      const generator = new LoadGenerator(cleanup);
      try {
        return await work(() => measure(rally, generator, history));
      } finally {
        await generator.stop();
      }
    }),
  );

/** As long as somebody else is at it, no service trims the log. */
const withoutTrimming = <Result>(directory: string, work: () => Promise<Result>): Promise<Result> =>
  withDatabaseOf(directory, async (client) => {
    const of = ['presence', RETENTION.presence];
    await client.query(
      'insert into event_log.trimmed (category, kept) values ($1, $2) on conflict do nothing',
      of,
    );
    await client.query('begin');
    await client.query('select 1 from event_log.trimmed where category = $1 and kept = $2 for update', of);
    return work();
  });

/** All of it, from the handshake until its user is offline. */
async function measure(
  { pid, address }: SystemUnderTest,
  generator: LoadGenerator,
  { directory, users }: PresenceHistory,
): Promise<Round> {
  const usedS = () => serverSeconds(pid, generator.pid);
  const before = await usedS();
  const welcomes: number[] = [];
  for (let wave = 0; wave < WAVES; wave += 1) {
    const { welcomed, welcome } = await generator.storm({
      address,
      users: [...users],
      withinMs: WITHIN_MS,
      watched: 0,
      listenMs: 0,
    });
    if (welcomed < users.length) throw new Error(`${welcomed} of ${users.length} tabs were welcomed`);
    welcomes.push(welcome.p50);
  }
  await untilNobodyIsOnline(directory);
  const connects = WAVES * users.length;
  return {
    processor: (((await usedS()) - before) / connects) * MS_PER_S,
    welcome: spreadOf(welcomes).median,
  };
}
