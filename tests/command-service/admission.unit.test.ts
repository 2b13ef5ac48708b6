import { describe, expect, it } from 'vitest';
import { Admission } from '../../command-service/admission.ts';

const MOST = 1000;
const GIVEN_MS = 2000;

/**
 * Commands that come evenly, and a store that begins with so many of them a second, each for `leastMs` at least. As on the real
 * way, what has waited for half of its time is not begun, and costs nothing.
 */
class Simulation {
  readonly admission: Admission;
  #now = 0;
  #owed = 0;
  #room = 0;
  readonly #waiting: number[] = [];
  readonly #begun: { readonly cameAt: number; readonly doneAt: number }[] = [];

  constructor(most = MOST) {
    this.admission = new Admission(most, () => this.#now);
  }

  run({ ms, offered, capacity, leastMs = 0 }: Phase): { answered: number; refused: number; late: number } {
    const counts = { answered: 0, refused: 0, late: 0 };
    const end = (cameAt: number, answered: boolean) => {
      this.admission.ended(this.#now - cameAt, answered);
      counts[answered ? 'answered' : 'late'] += 1;
    };
    for (const until = this.#now + ms; this.#now < until; this.#now += 1) {
      for (this.#owed += offered / 1000; this.#owed >= 1; this.#owed -= 1) {
        if (this.admission.admits(GIVEN_MS)) {
          this.admission.began();
          this.#waiting.push(this.#now);
        } else counts.refused += 1;
      }
      this.#room = Math.min(this.#room + capacity / 1000, Math.max(1, capacity / 1000));
      while (this.#room >= 1 && this.#waiting.length > 0) {
        const cameAt = this.#waiting.shift() ?? 0;
        if (this.#now - cameAt > GIVEN_MS / 2) {
          end(cameAt, false);
          continue;
        }
        this.#room -= 1;
        this.#begun.push({ cameAt, doneAt: this.#now + leastMs });
      }
      for (let next = this.#begun[0]; next && next.doneAt <= this.#now; next = this.#begun[0]) {
        this.#begun.shift();
        end(next.cameAt, this.#now - next.cameAt <= GIVEN_MS);
      }
    }
    return counts;
  }
}

interface Phase {
  readonly ms: number;
  readonly offered: number;
  readonly capacity: number;
  readonly leastMs?: number;
}

describe('while the store answers in time', () => {
  it.each([
    ['a fast one', { offered: 2000, capacity: 5000 }],
    ['one that takes long over each, and does many at once', { offered: 900, capacity: 5000, leastMs: 900 }],
  ])('nobody is refused: %s', (_, load) => {
    const simulation = new Simulation();
    expect(simulation.run({ ms: 10_000, ...load })).toMatchObject({ refused: 0, late: 0 });
    expect(simulation.admission.limit).toBe(MOST);
  });

  it('a burst up to the bound is taken, and what is beyond is refused', () => {
    const { answered, refused } = new Simulation(100).run({ ms: 1, offered: 150_000, capacity: 5000 });
    expect(answered).toBeLessThan(100);
    expect(refused).toBe(50);
  });
});

describe('twice what the store can do', () => {
  it.each([60, 500, 5000])(
    'at %d a second, what it can do is done, and the rest is mostly refused at once',
    (capacity) => {
      const simulation = new Simulation(4096);
      simulation.run({ ms: 10_000, offered: 2 * capacity, capacity });
      const { answered, late, refused } = simulation.run({ ms: 10_000, offered: 2 * capacity, capacity });
      expect(answered).toBeGreaterThan(0.95 * 10 * capacity);
      expect(late).toBeLessThan(0.1 * 10 * capacity);
      expect(refused).toBeGreaterThan(0.9 * 10 * capacity);
    },
  );

  it('because it has become slow: what it had been given before is late, and then no more', () => {
    const simulation = new Simulation(4096);
    simulation.run({ ms: 5000, offered: 2000, capacity: 4000 });
    simulation.run({ ms: 5000, offered: 2000, capacity: 100 });
    const { answered, late } = simulation.run({ ms: 10_000, offered: 2000, capacity: 100 });
    expect(answered).toBeGreaterThan(0.9 * 10 * 100);
    expect(late).toBeLessThan(0.1 * 10 * 100);
  });

  it('and then as fast as before: within a second everybody is taken again', () => {
    const simulation = new Simulation(4096);
    simulation.run({ ms: 10_000, offered: 200, capacity: 100 });
    simulation.run({ ms: 2000, offered: 200, capacity: 4000 });
    const { refused, late } = simulation.run({ ms: 5000, offered: 2000, capacity: 4000 });
    expect(refused + late).toBe(0);
  });
});

it('what has less time left than an answer takes is refused, unless there is nothing else to do', () => {
  const admission = new Admission(MOST, () => 0);
  for (let count = 0; count < 100; count += 1) {
    admission.began();
    admission.ended(500, true);
  }
  expect(admission.admits(400)).toBe(true);
  admission.began();
  expect(admission.admits(400)).toBe(false);
  expect(admission.admits(600)).toBe(true);
});

it('a store that is away leaves room for those who find out that it is back', () => {
  const admission = new Admission(MOST, () => 0);
  for (let count = 0; count < 1000; count += 1) {
    admission.admits(GIVEN_MS);
    admission.began();
    admission.ended(1, false);
  }
  expect(admission.limit).toBe(64);
});
