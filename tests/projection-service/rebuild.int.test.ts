import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../domain/domain-event.ts';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { openPostgresEventStore } from '../../platform/event-store/postgres/postgres-event-store.ts';
import { projectionDigest } from '../../projection-service/digest.ts';
import { rebuild } from '../../projection-service/rebuild.ts';
import { eventually } from '../support/patience.ts';
import { openReadSides, type ReadSides, silent } from './read-side.ts';
import { RunningServices } from './running-services.ts';
import { ScriptedLog } from './scripted-log.ts';
import { Story } from './story.ts';

describe('rebuild', () => {
  let sides: ReadSides;
  let store: EventStore;
  const services = new RunningServices();
  beforeAll(async () => {
    sides = await openReadSides();
    store = await openPostgresEventStore({ url: sides.url, logger: silent });
  });
  afterEach(() => services.stop());
  afterAll(async () => {
    await store.close();
    await sides.close();
  });

  it('makes of the log what a live projection has made of it, event by event', async () => {
    const schema = sides.freshSchema();
    const { bus } = await services.start(sides.pool, schema, store, { limits: { batchSize: 7 } });
    const last = await converse(store, 60);
    await eventually(() => expect(bus.projected.at(-1)).toBe(String(last)));
    expect(new Set(bus.pushedTo('bob')).size).toBe(bus.pushedTo('bob').length);
    const seen: bigint[] = [];
    const rebuilt = sides.freshSchema();
    const signal = new AbortController().signal;
    const onProgress = ({ position }: { position: bigint }) => seen.push(position);
    const result = await rebuild({ store, pool: sides.pool, schema: rebuilt, signal, onProgress });
    expect(result).toEqual({ events: 3 + 60 + 20, position: last });
    expect(seen.at(-1)).toBe(last);
    expect(await projectionDigest(sides.pool, rebuilt)).toEqual(await projectionDigest(sides.pool, schema));
  });

  it('goes on where it was interrupted', async () => {
    const [schema, log, story] = [sides.freshSchema(), new ScriptedLog(), new Story().signsUp('Ann', 'Bob')];
    story.chat('Ann', 'Bob');
    while (story.events.length < 9_000) story.sends('Ann', 'Bob');
    log.write(story.events);
    const interrupted = new AbortController();
    const stop = () => interrupted.abort(new Error('enough'));
    const options = { store: log, pool: sides.pool, schema };
    const first = rebuild({ ...options, signal: interrupted.signal, onProgress: stop });
    await expect(first).rejects.toThrow('enough');
    const rest = await rebuild({ ...options, signal: new AbortController().signal });
    expect(rest.position).toBe(story.position);
    expect(rest.events).toBeLessThan(story.events.length);
    const clean = await sides.open();
    await clean.project(story.events);
    expect(await projectionDigest(sides.pool, schema)).toEqual(
      await projectionDigest(sides.pool, clean.schema),
    );
  });

  it('of an empty log is done at once, and its digest sees every difference', async () => {
    const [schema, other] = [sides.freshSchema(), await sides.open()];
    const signal = new AbortController().signal;
    const empty = { events: 0, position: -1n };
    expect(await rebuild({ store: new ScriptedLog(), pool: sides.pool, schema, signal })).toEqual(empty);
    const story = new Story()
      .signsUp('Ann', 'Bob', 'Dan')
      .erases('Dan')
      .chat('Ann', 'Bob')
      .blocks('Ann', 'Bob')
      .renames('Ann', 'Bea')
      .befriends('Bob', 'Cid');
    story.announces('Ann');
    story.invites('Ann', 'Bob');
    story.drops('Ann', story.opens('Ann')).opens('Bob');
    const sent = story.sends('Ann', 'Bob');
    await other.project(story.likes(sent).reads(sent).events);
    const [nothing, something] = await Promise.all(
      [schema, other.schema].map((name) => projectionDigest(sides.pool, name)),
    );
    for (const [table, digest] of Object.entries(nothing ?? {})) expect(something?.[table]).not.toBe(digest);
  });
});

/** Ann sends, Bob reads every third message: written as the command service would. Answers the last position. */
async function converse(store: EventStore, messages: number): Promise<bigint> {
  const story = new Story().signsUp('Ann', 'Bob').chat('Ann', 'Bob');
  for (const { stream, event } of story.events) await append(store, stream, -1, event);
  let last = -1n;
  for (let index = 0, read = -1; index < messages; index += 1) {
    const { stream, event } = written(new Story(), (scratch) => scratch.sends('Ann', 'Bob', `m${index}`));
    const position = await append(store, stream, -1, event);
    last = position;
    if (index % 3 !== 2 || event.type !== 'MessageSent') continue;
    const sent = { ...event.data, id: event.data.messageId, position };
    const marker = written(new Story(), (scratch) => scratch.reads(sent));
    last = await append(store, marker.stream, read, marker.event);
    read += 1;
  }
  return last;
}

function written(story: Story, write: (story: Story) => unknown) {
  write(story);
  const [recorded] = story.events;
  if (!recorded) throw new Error('nothing written');
  return recorded;
}

async function append(
  store: EventStore,
  stream: string,
  revision: number,
  event: DomainEvent,
): Promise<bigint> {
  const metadata = { commandId: '', correlationId: '', causationId: '', actor: '', schemaVersion: '1' };
  const result = await store.append(stream, revision, [{ id: randomUUID(), event, metadata }]);
  if (result.outcome !== 'appended') throw new Error(result.outcome);
  return result.position;
}
