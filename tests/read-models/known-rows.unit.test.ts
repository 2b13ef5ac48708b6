import { describe, expect, it } from 'vitest';
import { KnownRows } from '../../read-models/known-rows.ts';

describe('known rows', () => {
  const known = (limit = 2) => new KnownRows<string, number>(limit);

  it('are those that were read and those that have changed; of the others nothing is said', () => {
    const rows = known();
    rows.remember('read', 1);
    rows.set('changed', 2);
    expect([rows.get('read'), rows.get('changed'), rows.get('other')]).toEqual([1, 2, undefined]);
    expect(rows.missing(['read', 'other', 'changed', 'other'])).toEqual(['other']);
  });

  it('are taken once each, as they are then, and go on changing meanwhile', () => {
    const rows = known();
    rows.set('a', 1);
    rows.set('b', 1);
    rows.set('a', 2);
    expect(rows.take()).toEqual([2, 1]);
    rows.set('a', 3);
    rows.written();
    expect(rows.take()).toEqual([3]);
    rows.written();
    expect(rows.take()).toEqual([]);
  });

  it('tell which of them the database may not have yet: until they are written, as they are now', () => {
    const rows = known();
    rows.remember('read', 1);
    rows.set('a', 1);
    rows.set('b', 1);
    rows.take();
    rows.set('a', 2);
    rows.set('c', 1);
    expect(rows.unwritten().sort()).toEqual([1, 1, 2]);
    rows.written();
    expect(rows.unwritten().sort()).toEqual([1, 2]);
    rows.take();
    rows.written();
    expect(rows.unwritten()).toEqual([]);
  });

  it('are not what the database had before: a row that is known stays', () => {
    const rows = known();
    rows.set('a', 2);
    rows.remember('a', 1);
    expect(rows.get('a')).toBe(2);
  });

  it('are forgotten when they were used longest ago, and only when keys are asked for', () => {
    const rows = known();
    for (const key of ['a', 'b', 'c', 'd']) rows.remember(key, 0);
    expect(rows.get('a')).toBe(0);
    expect(rows.missing(['c'])).toEqual([]);
    rows.remember('e', 0);
    expect(rows.missing([])).toEqual([]);
    expect(['a', 'b', 'c', 'd', 'e'].filter((key) => rows.get(key) !== undefined)).toEqual(['c', 'e']);
  });

  it('stay until the next keys are asked for, however many are needed at once', () => {
    const rows = known(1);
    const keys = ['a', 'b', 'c', 'd'];
    for (const key of rows.missing(keys)) rows.remember(key, 0);
    expect(keys.map((key) => rows.get(key))).toEqual([0, 0, 0, 0]);
  });

  it('stay when further keys are asked for, too', () => {
    const rows = known(1);
    for (const key of rows.missing(['a', 'b'])) rows.remember(key, 0);
    for (const key of rows.alsoMissing(['b', 'c'])) rows.remember(key, 0);
    expect(rows.alsoMissing(['d'])).toEqual(['d']);
    expect(['a', 'b', 'c'].map((key) => rows.get(key))).toEqual([0, 0, 0]);
    rows.missing([]);
    expect(['a', 'b', 'c'].filter((key) => rows.get(key) !== undefined)).toEqual(['c']);
  });

  it('are never forgotten between a change and its being written', () => {
    const rows = known(0);
    rows.set('changed', 1);
    rows.remember('read', 1);
    expect(rows.missing(['changed', 'read'])).toEqual(['read']);
    rows.take();
    expect(rows.missing(['changed'])).toEqual([]);
    rows.set('again', 1);
    rows.written();
    expect(rows.missing(['again', 'changed'])).toEqual(['changed']);
  });
});
