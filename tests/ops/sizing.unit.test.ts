import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Community, sizeOf } from '../../ops/sizing.ts';

const community = (given: Partial<Community> = {}): Community => ({
  users: 100_000,
  online: 10_000,
  messagesPerDay: 1_000_000,
  tabs: 1.5,
  visitors: 30_000,
  peak: 4,
  eventStore: 'eventstoredb',
  ...given,
});

const instances = (given: Partial<Community>, part: string) =>
  sizeOf(community(given)).parts.find((size) => size.part === part)?.instances;

describe('the size of a community', () => {
  it('of a small one is two of everything that can end', () => {
    const small = { users: 10, online: 1, messagesPerDay: 1, visitors: 1 };
    expect(instances(small, 'gateway')).toBe(2);
    expect(instances(small, 'command service')).toBe(2);
  });

  it.each(['postgres', 'eventstoredb'] as const)(
    'says what becomes too small first, the log in %s',
    (eventStore) => {
      const large = community({ eventStore, messagesPerDay: 300_000_000 });
      const { bottleneck, room } = sizeOf(large);
      expect(bottleneck).toBe('projection service');
      expect(room).toBeLessThan(1);
      expect(sizeOf({ ...large, messagesPerDay: large.messagesPerDay * room * 0.9 }).room).toBeGreaterThan(1);
    },
  );

  it('never falls as a community grows, in any respect', () => {
    const growing = ['users', 'online', 'messagesPerDay', 'visitors'] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...growing),
        fc.integer({ min: 1, max: 10_000_000 }),
        fc.integer({ min: 1, max: 100 }),
        (what, much, times) => {
          const [before, after] = [
            sizeOf(community({ [what]: much })),
            sizeOf(community({ [what]: much * times })),
          ];
          expect(after.diskMbAfterYear).toBeGreaterThanOrEqual(before.diskMbAfterYear);
          expect(after.databaseConnections).toBeGreaterThanOrEqual(before.databaseConnections);
          expect(after.room).toBeLessThanOrEqual(before.room);
          for (const [index, { instances }] of before.parts.entries())
            expect(after.parts[index]?.instances).toBeGreaterThanOrEqual(instances);
        },
      ),
    );
  });
});
