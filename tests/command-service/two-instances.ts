import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import { EventStoreDbDouble } from '../eventstoredb-double/double.ts';
import { createTestDatabase } from '../support/test-database.ts';
import {
  type RunningCommandService,
  type RunningOptions,
  runCommandService,
} from './running-command-service.ts';

/** A log of its own. */
interface Log {
  /** In one step: what comes to a stream while an append that rests on it is under way is seen. */
  readonly looksAndAppends: boolean;
  readonly options: RunningOptions;
  remove(): Promise<void>;
}

const LOGS: Readonly<Record<string, () => Promise<Log>>> = {
  async PostgreSQL() {
    const database = await createTestDatabase();
    return { looksAndAppends: true, options: { databaseUrl: database.url }, remove: () => database.drop() };
  },
  async 'EventStoreDB, by its double'() {
    const double = new EventStoreDbDouble();
    await double.start();
    return {
      looksAndAppends: false,
      options: { databaseUrl: double.url },
      remove: async () => double.kill(),
    };
  },
};

export interface TwoInstances extends Pick<Log, 'looksAndAppends'> {
  readonly one: RunningCommandService;
  readonly two: RunningCommandService;
  /** A third one, for the test that asks for it. */
  another(options: Omit<RunningOptions, 'databaseUrl'>): Promise<RunningCommandService>;
  /** The one or the other. */
  turn(index: number): RunningCommandService;
}

/** Holds on each kind of log for two instances, which know nothing of each other. `tests` ask for them when they run. */
export function describeTwoInstances(title: string, tests: (instances: () => TwoInstances) => void): void {
  describe.each(Object.entries(LOGS))(`two instances on one log, ${title}, on %s`, (_, open) => {
    let log: Log;
    let instances: TwoInstances;
    beforeAll(async () => {
      log = await open();
      const [one, two] = [await runCommandService(log.options), await runCommandService(log.options)];
      const { looksAndAppends } = log;
      async function another(options: Omit<RunningOptions, 'databaseUrl'>) {
        const third = await runCommandService({ ...log.options, ...options });
        onTestFinished(() => third.stop());
        return third;
      }
      instances = { looksAndAppends, one, two, another, turn: (index) => (index % 2 ? one : two) };
    });
    afterAll(async () => {
      await instances?.one.stop();
      await instances?.two.stop();
      await log?.remove();
    });
    tests(() => instances);
  });
}
