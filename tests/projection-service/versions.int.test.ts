import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { projectionDigest } from '../../projection-service/digest.ts';
import { SomebodyElse } from '../../projection-service/one-at-a-time.ts';
import { rebuild } from '../../projection-service/rebuild.ts';
import { rebuildVersion, rollBack, switchVersion } from '../../projection-service/versions.ts';
import { openReadModels } from '../../read-models/read-models.ts';
import { ROOMS } from '../../read-models/registry.ts';
import { READ_SCHEMA, readVersions } from '../../read-models/schema-name.ts';
import { eventually } from '../support/patience.ts';
import { soaking } from '../support/soak.ts';
import { anyStory } from './any-story.ts';
import { openReadSides, type ReadSides, silent } from './read-side.ts';
import { RunningServices } from './running-services.ts';
import { ScriptedLog } from './scripted-log.ts';
import { Story } from './story.ts';

const SECOND = `${READ_SCHEMA}_2`;
const THIRD = `${READ_SCHEMA}_3`;
const { signal } = new AbortController();

describe('versions of the read models', () => {
  const services = new RunningServices();
  let sides: ReadSides;
  let story: Story;
  let log: ScriptedLog;
  beforeEach(async () => {
    sides = await openReadSides();
    [story, log] = [new Story().signsUp('Ann', 'Bob').chat('Ann', 'Bob'), new ScriptedLog()];
    log.write(story.events);
    talk(50);
  });
  afterEach(async () => {
    await services.stop();
    await sides.close();
  });

  function talk(messages: number): void {
    const before = story.events.length;
    for (let sent = 0; sent < messages; sent += 1) story.sends('Ann', 'Bob');
    log.write(story.events.slice(before));
  }

  const options = () => ({ store: log, pool: sides.pool, signal });
  const versions = () => readVersions(sides.pool);
  const schemas = async () => {
    const { rows } = await sides.pool.query(
      `select nspname from pg_namespace where nspname like '${READ_SCHEMA}%' order by 1`,
    );
    return rows.map(({ nspname }) => nspname);
  };

  async function serve() {
    const running = await services.start(sides.pool, undefined, log, { limits: { batchSize: 7 } });
    const models = openReadModels({ pool: sides.pool, logger: silent });
    const reached = () =>
      eventually(async () => expect(await models.projectedPosition()).toBe(story.position));
    await reached();
    return { ...running, models, reached };
  }

  it('are made, put in use and taken back while others are read and told: no read fails, none sees a step back', async () => {
    const { bus, models, reached } = await serve();
    let isOver = false;
    let reads = 0;
    const reading = (async () => {
      for (let last = -1n; !isOver; reads += 1) {
        const { upTo, answer } = await models.messages('Ann', 'Bob', { limit: 1, offset: 0 });
        expect(upTo.position).toBeGreaterThanOrEqual(last);
        expect(answer?.items).toHaveLength(1);
        last = upTo.position;
        talk(1);
      }
    })();
    const made = await rebuildVersion(options());
    expect(made).toMatchObject({ schema: SECOND, switched: { heldMs: expect.any(Number) } });
    expect(await versions()).toEqual({ in_use: SECOND, previous: READ_SCHEMA, next: null });
    const before = reads;
    await eventually(() => expect(reads).toBeGreaterThan(before + 20));
    expect((await rollBack(options())).schema).toBe(READ_SCHEMA);
    expect(await versions()).toEqual({ in_use: READ_SCHEMA, previous: SECOND, next: null });
    const after = reads;
    await eventually(() => expect(reads).toBeGreaterThan(after + 20));
    isOver = true;
    await reading;
    await reached();

    const clean = sides.freshSchema();
    await rebuild({ ...options(), schema: clean });
    expect(await projectionDigest(sides.pool, READ_SCHEMA)).toEqual(
      await projectionDigest(sides.pool, clean),
    );
    const sentMeanwhile = story.events.filter(({ event }) => event.type === 'MessageSent').length - 50;
    expect(new Set(bus.pushedTo('bob')).size).toBeGreaterThanOrEqual(sentMeanwhile);
  });

  it('have what queries need when they come into use, and the one before the previous is dropped', async () => {
    const { reached } = await serve();
    await rebuildVersion(options());
    await reached();
    const indexes = async (schema: string) => {
      const { rows } = await sides.pool.query(
        'select indexname from pg_indexes where schemaname = $1 order by 1',
        [schema],
      );
      return rows;
    };
    expect(await indexes(SECOND)).toEqual(await indexes(READ_SCHEMA));
    await rebuildVersion(options());
    expect(await versions()).toEqual({ in_use: THIRD, previous: SECOND, next: null });
    expect(await schemas()).toEqual([SECOND, THIRD]);
    talk(3);
    await reached();
  });

  it('are left ready where nobody is to notice yet, brought up and put in use later, or begun anew', async () => {
    const { reached } = await serve();
    await expect(switchVersion(options())).rejects.toThrow('there is no version to switch to');
    await expect(rollBack(options())).rejects.toThrow('there is no previous version');
    expect(await rebuildVersion({ ...options(), leaveReady: true })).toMatchObject({
      schema: SECOND,
      events: story.events.length,
      switched: null,
    });
    expect(await versions()).toEqual({ in_use: READ_SCHEMA, previous: null, next: SECOND });
    talk(20);
    await reached();
    expect(await switchVersion(options())).toMatchObject({ schema: SECOND, events: 20 });
    await rebuildVersion({ ...options(), leaveReady: true });
    expect((await rebuildVersion({ ...options(), anew: true })).schema).toBe(`${READ_SCHEMA}_4`);
    expect(await schemas()).toEqual([SECOND, `${READ_SCHEMA}_4`]);
  });

  it('are worked on by one at a time: the second is told', async () => {
    await serve();
    const both = await Promise.allSettled([rebuildVersion(options()), rebuildVersion(options())]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))).toEqual([
      expect.any(SomebodyElse),
    ]);
    expect(await versions()).toEqual({ in_use: SECOND, previous: READ_SCHEMA, next: null });
  });

  it('are not put in use while those in use are being filled themselves', async () => {
    await expect(rebuildVersion(options())).rejects.toThrow('is still being filled');
    expect((await versions()).in_use).toBe(READ_SCHEMA);
  });
});

describe('a rebuild', () => {
  let sides: ReadSides;
  beforeAll(async () => {
    sides = await openReadSides();
  });
  afterAll(() => sides.close());

  /** Row by row, in order. */
  const dump = async (schema: string) => {
    const tables = ROOMS.flatMap((room): readonly string[] => room.tables);
    const rows = tables.map(async (table) => {
      const found = await sides.pool.query(`select t::text as row from ${schema}.${table} t order by 1`);
      return [table, found.rows.map(({ row }) => row)];
    });
    return Object.fromEntries(await Promise.all(rows));
  };

  /** Hands out the log in batches of these sizes, in turn. */
  class Cut extends ScriptedLog {
    sizes: readonly number[] = [];

    override async *subscribe(asked: Parameters<ScriptedLog['subscribe']>[0]) {
      for await (const { events, position, caughtUp } of super.subscribe(asked)) {
        let from = 0;
        for (let turn = 0; from < events.length; turn += 1) {
          const part = events.slice(from, from + (this.sizes[turn % this.sizes.length] ?? 1));
          from += part.length;
          yield {
            events: part,
            position: part.at(-1)?.position ?? position,
            caughtUp: caughtUp && from >= events.length,
          };
        }
        if (events.length === 0) yield { events, position, caughtUp };
      }
    }
  }

  it('makes the rows that were made live, whatever has happened and however both were cut', async () => {
    const anySizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(anyStory, anySizes, anySizes, async (story, liveSizes, sizes) => {
        const live = await sides.open();
        await live.project(story.events, liveSizes);
        const [schema, log] = [sides.freshSchema(), new Cut()];
        log.sizes = sizes;
        log.write(story.events);
        await rebuild({ store: log, pool: sides.pool, schema, signal });
        expect(await dump(schema)).toEqual(await dump(live.schema));
        await sides.release();
        await sides.pool.query(`drop schema ${schema}, ${live.schema} cascade`);
      }),
      { numRuns: soaking(10, 100) },
    );
  });
});
