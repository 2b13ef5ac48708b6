import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import type { RelationshipRows } from '../../read-models/relationships/rows.ts';
import type { OpenRoom } from '../../read-models/room.ts';
import { userKey } from '../../read-models/user-key.ts';
import { anyStory } from '../projection-service/any-story.ts';
import { Story } from '../projection-service/story.ts';
import { FORGETFUL, Leader, useLeaderDatabase } from './stepwise-leader.ts';

const step = fc.record({
  events: fc.integer({ min: 1, max: 4 }),
  writeEnds: fc.nat({ max: 3 }),
  next: fc.constantFrom('fold on', 'begin to write', 'begin to write', 'end the write', 'start over'),
});

describe('who blocks a user, for rooms that come later', () => {
  const database = useLeaderDatabase();
  let schemas = 0;

  it('is what the log says at that place, whatever is written, being written or forgotten', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyStory,
        fc.array(step, { maxLength: 30 }),
        fc.constantFrom(undefined, FORGETFUL),
        async ({ events }, steps, remembered) => {
          const seen = new Map<bigint, string[]>();
          const leader = await Leader.make(
            database.pool,
            `blockers_${++schemas}`,
            remembered,
            ({ relationships }) => [watchSenders(relationships, seen)],
          );
          await leader.play(events, steps);
          expect(seen).toEqual(blockersOfSenders(events));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('holds a block whose write begins before they are read and ends before they are known', async () => {
    const story = new Story().signsUp('Ann', 'Bob').chat('Ann', 'Bob').blocks('Bob', 'Ann');
    const seen = new Map<bigint, string[]>();
    const leader = await Leader.make(
      database.pool,
      `blockers_${++schemas}`,
      FORGETFUL,
      ({ relationships }) => [watchSenders(relationships, seen)],
    );
    await leader.fold(story.events);
    await leader.beginWrite();
    const { position } = story.sends('Ann', 'Bob');
    await leader.fold(story.events.slice(leader.folded), 1);
    expect(seen).toEqual(new Map([[position, ['bob']]]));
  });
});

/** Looks at every message who blocks its sender then: not asked for before, so that mostly they have to be read. */
function watchSenders(relationships: RelationshipRows, seen: Map<bigint, string[]>): OpenRoom {
  return {
    rows: {},
    load: (database, events) => relationships.loadBlockersOf(database, events.flatMap(senderOf)),
    project(event) {
      for (const sender of senderOf(event)) {
        seen.set(event.position, [...relationships.blockersOf(sender)].sort());
      }
    },
    takeWrites: () => [],
    written() {},
  };
}

const senderOf = ({ event }: RecordedEvent): string[] =>
  event.type === 'MessageSent' ? [userKey(event.data.sender)] : [];

function blockersOfSenders(events: readonly RecordedEvent[]): Map<bigint, string[]> {
  const blocks = new Set<string>();
  const expected = new Map<bigint, string[]>();
  for (const recorded of events) {
    const { event, position } = recorded;
    if (event.type === 'UserBlocked') blocks.add(pair(event.data.blocker, event.data.blocked));
    if (event.type === 'UserUnblocked') blocks.delete(pair(event.data.blocker, event.data.blocked));
    for (const sender of senderOf(recorded)) {
      const users = events.map(({ event }) =>
        event.type === 'UserRegistered' ? userKey(event.data.username) : '',
      );
      expected.set(position, users.filter((user) => blocks.has(pair(user, sender))).sort());
    }
  }
  return expected;
}

const pair = (blocker: string, blocked: string): string => `${userKey(blocker)} ${userKey(blocked)}`;
