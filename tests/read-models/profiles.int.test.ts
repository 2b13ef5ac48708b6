import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import type { Profile } from '../../protocol/http-resources.ts';
import type { OpenRoom } from '../../read-models/room.ts';
import { userKey } from '../../read-models/user-key.ts';
import type { UserRows } from '../../read-models/users/room.ts';
import { anyStory } from '../projection-service/any-story.ts';
import { FORGETFUL, Leader, useLeaderDatabase } from './stepwise-leader.ts';

const step = fc.record({
  events: fc.integer({ min: 1, max: 4 }),
  writeEnds: fc.nat({ max: 3 }),
  next: fc.constantFrom('fold on', 'begin to write', 'begin to write', 'end the write', 'start over'),
});

/** By the message's place. */
type Seen = Map<bigint, Profile | undefined>;

describe("people's profiles, for rooms that come later", () => {
  const database = useLeaderDatabase();
  let schemas = 0;

  it('are as the log has them at that place, whatever is written, being written or forgotten', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyStory,
        fc.array(step, { maxLength: 30 }),
        fc.constantFrom(undefined, FORGETFUL),
        async ({ events }, steps, remembered) => {
          const first: Seen = new Map();
          const second: Seen = new Map();
          const leader = await Leader.make(
            database.pool,
            `profiles_${++schemas}`,
            remembered,
            ({ users }) => [watch(users, senderOf, first), watch(users, recipientOf, second)],
          );
          await leader.play(events, steps);
          expect(first).toEqual(expected(events, senderOf));
          expect(second).toEqual(expected(events, recipientOf));
        },
      ),
      { numRuns: 30 },
    );
  });
});

type NameOf = (event: RecordedEvent) => string | null;

const senderOf: NameOf = ({ event }) => (event.type === 'MessageSent' ? event.data.sender : null);
const recipientOf: NameOf = ({ event }) => (event.type === 'MessageSent' ? event.data.recipient : null);

/** Notes at every message who somebody is then. Of two such rooms neither makes what the other asked for be forgotten. */
function watch(users: UserRows, nameOf: NameOf, seen: Seen): OpenRoom {
  return {
    rows: {},
    async load(database, events) {
      const names = events.map(nameOf).filter((name) => name !== null);
      await users.loadProfiles(database, [...names.map(userKey), 'nobody']);
    },
    project(event) {
      const name = nameOf(event);
      expect(users.profile('nobody')).toBeUndefined();
      if (name !== null) seen.set(event.position, users.profile(userKey(name)));
    },
    takeWrites: () => [],
    written() {},
  };
}

function expected(events: readonly RecordedEvent[], nameOf: NameOf): Seen {
  const [profiles, seen] = [new Map<string, Profile>(), new Map<bigint, Profile | undefined>()];
  for (const recorded of events) {
    const { event, position } = recorded;
    if (event.type === 'UserRegistered' || event.type === 'ProfileUpdated') {
      const { date: _, ...profile } = event.data;
      profiles.set(profile.username, profile);
    }
    const name = nameOf(recorded);
    if (name !== null) seen.set(position, profiles.get(name));
  }
  return seen;
}
