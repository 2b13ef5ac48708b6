import { afterEach, describe, expect, it } from 'vitest';
import { pause } from '../../platform/pause.ts';
import { type KeptGoing, keepGoing } from '../../platform/service/keep-going.ts';
import { eventually } from '../support/patience.ts';

class Away extends Error {}

/** For ever, as far as a test goes. */
const LONG_MS = 600_000;

describe('work that is kept going', () => {
  const stops: (() => Promise<void>)[] = [];
  const failures: unknown[] = [];
  afterEach(async () => {
    await Promise.all(stops.splice(0).map((stop) => stop()));
    failures.length = 0;
  });

  async function start(work: KeptGoing['work'], longestBackoffMs = 1): Promise<() => Promise<void>> {
    const stop = await keepGoing({
      work,
      isExpected: (error) => error instanceof Away,
      onFailure: (error) => failures.push(error),
      longestBackoffMs,
    });
    stops.push(stop);
    return stop;
  }

  /** Each time what comes next; the last one again and again. */
  function inTurn(...turns: [KeptGoing['work'], ...KeptGoing['work'][]]) {
    let begun = 0;
    const work: KeptGoing['work'] = (...arguments_) => {
      begun += 1;
      const turn = turns[Math.min(begun, turns.length) - 1] ?? turns[0];
      return turn(...arguments_);
    };
    return { work, begun: () => begun };
  }

  const stand: KeptGoing['work'] = async (signal, onStanding) => {
    onStanding();
    await pause(LONG_MS, signal);
  };
  const fail = (error: Error) => () => Promise.reject(error);

  it('is waited for until it stands, and ends when it is stopped', async () => {
    let proceed = () => {};
    const ready = new Promise<void>((resolve) => {
      proceed = resolve;
    });
    let hasEnded = false;
    const starting = start(async (...arguments_) => {
      await ready;
      await stand(...arguments_);
      hasEnded = true;
    });
    proceed();
    const stop = await starting;
    expect(hasEnded).toBe(false);
    await stop();
    expect(hasEnded).toBe(true);
  });

  it('may be begun while something is away, and stands later', async () => {
    const { work, begun } = inTurn(fail(new Away()), fail(new Away()), stand);
    await start(work);
    await eventually(() => expect(begun()).toBe(3));
    expect(failures).toEqual([new Away(), new Away()]);
  });

  it('is not begun again when it fails otherwise at first', async () => {
    const { work, begun } = inTurn(fail(new Error('broken')), stand);
    await expect(start(work)).rejects.toThrow('broken');
    expect(begun()).toBe(1);
  });

  it('is begun again when it fails otherwise after it stood, or simply ends', async () => {
    const breaks: KeptGoing['work'] = async (_, onStanding) => {
      onStanding();
      throw new Error('broken');
    };
    const { work, begun } = inTurn(breaks, async () => {}, stand);
    await start(work);
    await eventually(() => expect(begun()).toBe(3));
    expect(failures).toEqual([new Error('broken')]);
  });

  it('is stopped also while it waits after a failure', async () => {
    const { work, begun } = inTurn(fail(new Away()), stand);
    const stop = await start(work, LONG_MS);
    await stop();
    expect(begun()).toBe(1);
  });
});
