import { describe, expect, it, onTestFinished } from 'vitest';
import { projectionDigest } from '../../projection-service/digest.ts';
import { PUBLISHED, WANTED } from '../../protocol/subjects.ts';
import { eventually } from '../support/patience.ts';
import { useServices } from './running-services.ts';
import { ScriptedLog } from './scripted-log.ts';
import { Story } from './story.ts';

/** Nothing is written for the time alone. */
const SELDOM = { FEED_RETENTION_S: 86_400, WRITE_INTERVAL_MS: 86_400_000 };

describe('frames leave at once, rows follow', () => {
  const running = useServices();
  const { services } = running;

  /** A leader at the end of a log in which Ann and Bob have a chat. */
  async function leading(options: Parameters<typeof services.start>[3] = {}) {
    const [schema, log] = [running.sides.freshSchema(), new ScriptedLog()];
    const story = new Story().signsUp('Ann', 'Bob').chat('Ann', 'Bob');
    const before = await running.sides.open(schema);
    await before.project(story.events);
    await before.close();
    log.write(story.events);
    const started = await services.start(running.sides.pool, schema, log, options);
    const send = (messages = 1): string[] => {
      const known = story.events.length;
      const sent = Array.from({ length: messages }, () => story.sends('Ann', 'Bob'));
      log.write(story.events.slice(known));
      return sent.map(({ position }) => `${position}.0`);
    };
    return { ...started, schema, log, story, send };
  }
  const position = async (schema: string): Promise<bigint> =>
    (await running.sides.pool.query(`select position from ${schema}.checkpoints`)).rows[0].position;

  /** Until `release`, no write gets done. */
  async function holdWrites(schema: string) {
    const holder = await running.sides.pool.connect();
    await holder.query('begin');
    await holder.query(`select from ${schema}.checkpoints for update`);
    let held = true;
    const release = async () => {
      if (held) await holder.query('rollback').finally(() => holder.release());
      held = false;
    };
    onTestFinished(release);
    return { release };
  }

  it('while a write is held up, users are told of what comes; then one write catches up', async () => {
    const { schema, bus, story, send } = await leading();
    const start = story.position;
    const { release } = await holdWrites(schema);
    const sent = [...send(), ...send(3)];
    await eventually(() => expect(bus.pushedTo('bob')).toEqual(sent));
    const more = send(2);
    await eventually(() => expect(bus.pushedTo('ann')).toEqual([...sent, ...more]));
    expect(await position(schema)).toBe(start);
    expect(bus.projected).not.toContain(String(story.position));
    await release();
    await eventually(async () => expect(await position(schema)).toBe(story.position));
    await eventually(() => expect(bus.projected.at(-1)).toBe(String(story.position)));
  });

  it('a write waits for its turn, unless somebody waits for it', async () => {
    const { schema, bus, story, send } = await leading({ configuration: SELDOM });
    send();
    await eventually(async () => expect(await position(schema)).toBe(story.position));
    const sent = send();
    await eventually(() => expect(bus.pushedTo('bob')).toContain(sent[0]));
    expect(await position(schema)).toBeLessThan(story.position);
    // A place that may never come keeps nobody waiting.
    bus.tell(WANTED, String(2n ** 62n));
    bus.tell(WANTED, String(story.position));
    await eventually(async () => expect(await position(schema)).toBe(story.position));
    bus.tell(WANTED, String(story.position + 1n));
    send();
    await eventually(async () => expect(await position(schema)).toBe(story.position));
  });

  it('nothing is written that may not have left: the next term publishes it again, and then writes', async () => {
    const { schema, bus, story, send } = await leading();
    const start = story.position;
    bus.losesAll = true;
    const sent = send(2);
    await eventually(() => expect(bus.pushedTo('bob')).toEqual([...sent, ...sent]));
    expect(await position(schema)).toBe(start);
    bus.losesAll = false;
    await eventually(async () => expect(await position(schema)).toBe(story.position));
    expect(bus.pushedTo('bob').slice(-2)).toEqual(sent);
  });

  it('after an interruption what was not written is published again, by a higher epoch', async () => {
    const { schema, bus, story, send } = await leading({ configuration: SELDOM });
    const [first] = send();
    await eventually(async () => expect(await position(schema)).toBe(story.position));
    const sent = send(2);
    await eventually(() => expect(bus.pushedTo('bob')).toEqual([first, ...sent]));
    const { epoch } = JSON.parse(await bus.request(PUBLISHED, ''));
    bus.interrupt();
    await eventually(() => expect(bus.pushedTo('bob')).toEqual([first, ...sent, ...sent]));
    const next = await eventually(async () => JSON.parse(await bus.request(PUBLISHED, '')));
    expect(next.position).toBe(String(story.position));
    expect(BigInt(next.epoch)).toBeGreaterThan(BigInt(epoch));
  });

  it('a successor publishes what was published and not written, and nothing of what was', async () => {
    const { schema, log, bus, story, send } = await leading();
    const written = send(2);
    await eventually(async () => expect(await position(schema)).toBe(story.position));
    const { release } = await holdWrites(schema);
    const unwritten = send(3);
    await eventually(() => expect(bus.pushedTo('bob')).toEqual([...written, ...unwritten]));
    const next = await services.start(running.sides.pool, schema, log);
    const { rows } = await running.sides.pool.query(LEADER, [schema]);
    for (const { pid } of rows) await running.sides.pool.query('select pg_terminate_backend($1)', [pid]);
    await release();
    await eventually(async () => expect(await position(schema)).toBe(story.position));
    const publishedAgain = [...bus.pushedTo('bob').slice(5), ...next.bus.pushedTo('bob')];
    expect(publishedAgain).toEqual(unwritten);
  });

  it('a leader that stops writes what it has folded', async () => {
    const { schema, bus, service, story, send } = await leading({ configuration: SELDOM });
    send();
    await eventually(async () => expect(await position(schema)).toBe(story.position));
    const sent = send(2);
    await eventually(() => expect(bus.pushedTo('bob').slice(1)).toEqual(sent));
    await service.stop();
    expect(await position(schema)).toBe(story.position);
  });

  it('takes no more than it may hold unwritten, and goes on afterwards', async () => {
    const limits = { batchSize: 2, unwrittenEvents: 6 };
    const { schema, bus, story, send } = await leading({ limits });
    const { release } = await holdWrites(schema);
    const sent = send(30);
    await eventually(() => expect(bus.pushedTo('bob')).toEqual(sent.slice(0, 6)));
    const { position: published } = JSON.parse(await bus.request(PUBLISHED, ''));
    expect(`${published}.0`).toBe(sent[5]);
    await release();
    await eventually(() => expect(bus.pushedTo('bob')).toEqual(sent));
    await eventually(async () => expect(await position(schema)).toBe(story.position));
    const clean = await running.sides.open();
    await clean.project(story.events);
    expect(await projectionDigest(running.sides.pool, schema)).toEqual(
      await projectionDigest(running.sides.pool, clean.schema),
    );
  });
});

const LEADER = `select pid from pg_locks where locktype = 'advisory' and granted and objsubid = 1
  and classid::bigint = (hashtextextended('projection into ' || $1, 0) >> 32) & 4294967295
  and objid::bigint = hashtextextended('projection into ' || $1, 0) & 4294967295`;
