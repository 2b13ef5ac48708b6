import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  Abandoned,
  ConcurrencyLimit,
  type ConcurrencyLimits,
  Overloaded,
} from '../../platform/concurrency-limit.ts';

const limitOf = (limits: Partial<ConcurrencyLimits> = {}) => new Tried({ ...GENEROUS, ...limits });

const GENEROUS: ConcurrencyLimits = { running: 1, waiting: 100, maxWaitMs: 1000 };

/** Work that runs until it is ended, by its name: `a1` has the key `a`. */
class Tried {
  readonly limit: ConcurrencyLimit;
  /** In the order in which they began. */
  readonly begun: string[] = [];
  readonly refused: string[] = [];
  readonly abandoned: string[] = [];
  /** Those whose asker has gone. */
  readonly gone = new Set<string>();
  readonly #ends = new Map<string, () => void>();

  constructor(limits: ConcurrencyLimits) {
    this.limit = new ConcurrencyLimit(limits);
  }

  async ask(...names: string[]): Promise<void> {
    for (const name of names) {
      const work = () => {
        this.begun.push(name);
        return new Promise<void>((resolve) => this.#ends.set(name, resolve));
      };
      this.limit
        .run(name.slice(0, 1), work, () => this.gone.has(name))
        .catch((error) => {
          if (error instanceof Overloaded) this.refused.push(name);
          else if (error instanceof Abandoned) this.abandoned.push(name);
          else throw error;
        });
    }
    await settled();
  }

  async end(...names: string[]): Promise<void> {
    for (const name of names) {
      this.#ends.get(name)?.();
      this.#ends.delete(name);
      await settled();
    }
  }

  get running(): string[] {
    return [...this.#ends.keys()];
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a concurrency limit', () => {
  it('runs so much at once and the rest in its order', async () => {
    const tried = limitOf({ running: 2 });
    await tried.ask('a1', 'a2', 'a3', 'a4');
    expect(tried.running).toEqual(['a1', 'a2']);
    await tried.end('a2', 'a1');
    expect(tried.begun).toEqual(['a1', 'a2', 'a3', 'a4']);
  });

  it('lets no key have more than its share, though there be room', async () => {
    const tried = limitOf({ running: 3, runningPerKey: 2 });
    await tried.ask('a1', 'a2', 'a3', 'b1', 'b2');
    expect(tried.running).toEqual(['a1', 'a2', 'b1']);
    await tried.end('b1');
    expect(tried.running).toEqual(['a1', 'a2', 'b2']);
    await tried.end('b2');
    expect(tried.running).toEqual(['a1', 'a2']);
    await tried.end('a1');
    expect(tried.running).toEqual(['a2', 'a3']);
  });

  it('gives keys their turns, however much one of them asks for', async () => {
    const tried = limitOf();
    await tried.ask('a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1');
    await tried.end('a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4');
    expect(tried.begun).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
  });

  it('answers as the work does, and goes on after one that failed', async () => {
    const { limit } = limitOf();
    await expect(limit.run('a', async () => 'done')).resolves.toBe('done');
    await expect(limit.run('a', () => Promise.reject(new Error('late')))).rejects.toThrow('late');
    await expect(
      limit.run('a', () => {
        throw new Error('at once');
      }),
    ).rejects.toThrow('at once');
    await expect(limit.run('a', async () => 'done')).resolves.toBe('done');
  });
});

describe('a full queue', () => {
  it('turns away the newest of whoever has most in it', async () => {
    const tried = limitOf({ waiting: 3 });
    await tried.ask('a1', 'a2', 'a3', 'b1', 'c1');
    expect(tried.refused).toEqual(['a3']);
    await tried.end('a1', 'b1', 'c1', 'a2');
    expect(tried.begun).toEqual(['a1', 'b1', 'c1', 'a2']);
  });

  it('turns the newcomer away when nobody has more in it than he would have', async () => {
    const tried = limitOf({ waiting: 2 });
    await tried.ask('a1', 'a2', 'b1', 'c1', 'b2');
    expect(tried.refused).toEqual(['c1', 'b2']);
  });

  it('turns away at once where nothing may wait', async () => {
    const tried = limitOf({ waiting: 0 });
    await tried.ask('a1', 'b1');
    expect(tried.refused).toEqual(['b1']);
    await tried.end('a1');
    await tried.ask('b2');
    expect(tried.begun).toEqual(['a1', 'b2']);
  });

  it('makes room by those whose asker has gone before it turns anybody away', async () => {
    const tried = limitOf({ waiting: 2 });
    await tried.ask('a1', 'a2', 'a3');
    tried.gone.add('a2');
    await tried.ask('b1');
    expect(tried).toMatchObject({ abandoned: ['a2'], refused: [] });
    await tried.end('a1', 'b1', 'a3');
    expect(tried.begun).toEqual(['a1', 'b1', 'a3']);
  });
});

describe('work whose asker has gone', () => {
  it('is not begun', async () => {
    const tried = limitOf();
    tried.gone.add('a1');
    await tried.ask('a1', 'b1');
    expect(tried).toMatchObject({ begun: ['b1'], abandoned: ['a1'] });
  });

  it('is passed over when its turn comes', async () => {
    const tried = limitOf();
    await tried.ask('a1', 'b1', 'b2', 'c1');
    tried.gone.add('b1').add('b2');
    await tried.end('a1');
    expect(tried).toMatchObject({ running: ['c1'], abandoned: ['b1', 'b2'] });
  });
});

describe('work that waits', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('is refused after its time, and only then', async () => {
    const tried = limitOf({ maxWaitMs: 1000 });
    await tried.ask('a1', 'b1');
    vi.advanceTimersByTime(600);
    await tried.ask('b2');
    vi.advanceTimersByTime(399);
    await settled();
    expect(tried.refused).toEqual([]);
    vi.advanceTimersByTime(1);
    await settled();
    expect(tried.refused).toEqual(['b1']);
    await tried.end('a1');
    expect(tried.begun).toEqual(['a1', 'b2']);
  });

  it('is not refused once it has begun, however long it takes', async () => {
    const tried = limitOf({ maxWaitMs: 1000 });
    await tried.ask('a1', 'b1');
    await tried.end('a1');
    vi.advanceTimersByTime(10_000);
    await settled();
    expect(tried).toMatchObject({ running: ['b1'], refused: [] });
    expect(vi.getTimerCount()).toBe(0);
  });
});

it('holds in any story, and forgets nothing', async () => {
  const name = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(9)).map((parts) => parts.join(''));
  const step = fc.tuple(fc.constantFrom('ask', 'end', 'leave'), name);
  const bounds = fc.record({
    running: fc.integer({ min: 1, max: 4 }),
    runningPerKey: fc.integer({ min: 1, max: 3 }),
    waiting: fc.nat(5),
  });
  await fc.assert(
    fc.asyncProperty(bounds, fc.array(step, { maxLength: 60 }), async (limits, steps) => {
      const tried = limitOf(limits);
      const asked = new Set<string>();
      for (const [what, one] of steps) {
        if (what === 'ask' && !asked.has(one)) {
          asked.add(one);
          await tried.ask(one);
        } else if (what === 'leave') tried.gone.add(one);
        else await tried.end(one);
        expect(tried.running.length).toBeLessThanOrEqual(limits.running);
        for (const key of ['a', 'b', 'c', 'd'])
          expect(tried.running.filter((other) => other.startsWith(key)).length).toBeLessThanOrEqual(
            limits.runningPerKey,
          );
        expect(tried.limit.waiting).toBeLessThanOrEqual(limits.waiting);
        expect(tried.limit.running).toBe(tried.running.length);
      }
      while (tried.running.length > 0) await tried.end(...tried.running);
      expect(tried.begun.length + tried.refused.length + tried.abandoned.length).toBe(asked.size);
      expect(tried.limit).toMatchObject({ running: 0, waiting: 0 });
    }),
  );
});
