import { describe, expect, it } from 'vitest';
import { createLastSeen } from '../../platform/liveness/last-seen.ts';
import { useLivenessDatabase } from './liveness-database.ts';

const database = useLivenessDatabase();
const at = (second: number) => new Date(Date.UTC(2026, 0, 2, 3, 4, second, 567));

describe('when somebody was last seen', () => {
  it('is the latest that anybody has written, in whatever order', async () => {
    const lastSeen = createLastSeen(database.pool);
    await lastSeen.write([
      ['bob', at(2)],
      ['ann', at(2)],
    ]);
    await lastSeen.write(
      new Map([
        ['ann', at(3)],
        ['bob', at(1)],
        ['cid', at(1)],
      ]),
    );
    expect(await lastSeen.read(['ann', 'bob', 'cid', 'dan'])).toEqual(
      new Map([
        ['ann', at(3)],
        ['bob', at(2)],
        ['cid', at(1)],
      ]),
    );
    expect(await lastSeen.read([])).toEqual(new Map());
  });

  it('is forgotten when it is long enough ago', async () => {
    const lastSeen = createLastSeen(database.pool);
    await lastSeen.write([
      ['old', at(4)],
      ['new', at(5)],
    ]);
    await lastSeen.deleteBefore(at(5));
    expect(await lastSeen.read(['old', 'new'])).toEqual(new Map([['new', at(5)]]));
  });

  it('can be written by many at the same time, none of whom waits for another one for ever', async () => {
    const lastSeen = createLastSeen(database.pool);
    const keys = Array.from({ length: 500 }, (_, index) => `key-${index}`);
    const writing = Array.from({ length: 16 }, (_, writer) => {
      const entries = keys.map((key) => [key, at(writer)] as const);
      return lastSeen.write(writer % 2 === 0 ? entries : entries.toReversed());
    });
    await Promise.all([...writing, lastSeen.write([])]);
    const written = [...(await lastSeen.read(keys)).values()];
    expect(new Set(written.map(Number))).toEqual(new Set([Number(at(15))]));
  });
});
