import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import { keptOf } from '../../platform/event-store/retention.ts';
import { projectionDigest } from '../../projection-service/digest.ts';
import { projectBatch } from '../../projection-service/project-carefully.ts';
import { userKey } from '../../read-models/user-key.ts';
import { openReadSides, type ReadSide, type ReadSides } from './read-side.ts';
import { Story } from './story.ts';

const PEOPLE = ['Ann', 'Bob', 'Cid'] as const;

/** Events until everybody is there and can talk. */
const BEGINNING = PEOPLE.length + 2;

/** Who does what next: a number chooses among what that user can do. */
const anySteps = fc.array(fc.tuple(fc.constantFrom(...PEOPLE), fc.nat(99)), {
  minLength: 60,
  maxLength: 150,
});

/** Of users who stay for long, with a tab or more: how they came online is far behind what is kept. */
function presenceStory(steps: readonly (readonly [string, number])[]): Story {
  const story = new Story()
    .signsUp(...PEOPLE)
    .chat('Ann', 'Bob')
    .chat('Ann', 'Cid');
  for (const [who, what] of steps) {
    const { sessions, isOnline } = story.presenceOf(who);
    const some = sessions[what % Math.max(1, sessions.length)];
    if (what < 4 && isOnline && sessions.length === 0) story.goes(who);
    else if (some && what % 2 === 0) story.drops(who, some.sessionId, what < 10 ? 0 : 3000);
    else if (what === 99) story.sends(who, who === 'Ann' ? 'Bob' : 'Ann');
    else story.opens(who);
  }
  return story;
}

/** As a log is in which all has gone that can go. */
function trimmed(events: readonly RecordedEvent[]): RecordedEvent[] {
  const later = new Map<string, number>();
  return events
    .toReversed()
    .filter(({ stream }) => {
      const count = later.get(stream) ?? 0;
      later.set(stream, count + 1);
      return count < (keptOf(stream) ?? Number.POSITIVE_INFINITY);
    })
    .reverse();
}

describe('where the log has forgotten old presence', () => {
  let sides: ReadSides;
  beforeAll(async () => {
    sides = await openReadSides();
  });
  afterEach(() => sides.release());
  afterAll(() => sides.close());

  const digestOf = ({ schema }: ReadSide) => projectionDigest(sides.pool, schema);

  it('read models that are filled from what is left say the same as those that have seen all', async () => {
    const property = fc.asyncProperty(
      anySteps,
      fc.array(fc.nat(30), { maxLength: 5 }),
      async (steps, sizes) => {
        const { events } = presenceStory(steps);
        const [all, anew] = [await sides.open(), await sides.open()];
        await all.project(events, sizes);
        await anew.project(trimmed(events), sizes);
        expect(await digestOf(anew)).toEqual(await digestOf(all));
        await sides.release();
      },
    );
    await fc.assert(property, { numRuns: 8, endOnFailure: true });
  });

  it('whoever was away meanwhile catches up by what is left, and tells what is so now', async () => {
    const property = fc.asyncProperty(anySteps, fc.nat(99), async (steps, seen) => {
      const story = presenceStory(steps);
      const { events } = story;
      const before = events.slice(0, BEGINNING + Math.floor((seen * events.length) / 100));
      const after = before.at(-1)?.position ?? -1n;
      const rest = trimmed(events).filter(({ position }) => position > after);
      const [all, away] = [await sides.open(), await sides.open()];
      await all.project(events);
      await away.project(before);
      const told = new Map<string, string>();
      await projectBatch(
        away.leadership,
        { events: rest, position: story.position, caughtUp: true },
        async ({ states }) => {
          for (const { userKey: key, text } of states) told.set(key, JSON.parse(text).data.status);
        },
      );
      expect(await digestOf(away)).toEqual(await digestOf(all));
      for (const who of PEOPLE) {
        const status = story.presenceOf(who).isOnline ? 'online' : 'offline';
        const said = told.get(userKey(who));
        if (said) expect(said).toBe(status);
        else expect(onlineIn(before, who)).toBe(story.presenceOf(who).isOnline);
      }
      await sides.release();
    });
    await fc.assert(property, { numRuns: 8, endOnFailure: true });
  });
});

/** What the last of these says. */
function onlineIn(events: readonly RecordedEvent[], who: string): boolean {
  const last = events.findLast(({ stream }) => stream === `presence-${userKey(who)}`);
  return last !== undefined && last.event.type !== 'UserWentOffline';
}
