import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { followProjectedPosition } from '../../gateway/projected-position.ts';
import { PROJECTED, WANTED } from '../../protocol/subjects.ts';
import { ReadModelsUnavailable } from '../../read-models/snapshot.ts';
import { RecordingBus } from './accounts/recording-bus.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function follow() {
  const bus = new RecordingBus();
  const state = { position: 10n, away: false, asked: 0 };
  const readModels = {
    projectedPosition: async () => {
      state.asked += 1;
      if (state.away) throw new ReadModelsUnavailable();
      return state.position;
    },
  };
  const projected = await followProjectedPosition({
    bus,
    readModels,
    timeoutMs: 2000,
    logger: pino({ level: 'silent' }),
  });
  const settled = vi.fn();
  const waitFor = (position: bigint) => {
    const waiting = projected.waitFor(position);
    void waiting.then(settled);
    return waiting;
  };
  return { bus, state, projected, waitFor, settled };
}

describe('projected position', () => {
  it('knows from the start what the read models have seen', async () => {
    const { waitFor } = await follow();
    expect(await waitFor(10n)).toBe(true);
  });

  it('waits until the bus tells of the position or a later one', async () => {
    const { bus, waitFor, settled } = await follow();
    const waiting = waitFor(12n);
    bus.publish(PROJECTED, '11');
    await vi.advanceTimersByTimeAsync(1000);
    expect(settled).not.toHaveBeenCalled();
    bus.publish(PROJECTED, '13');
    expect(await waiting).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('tells the leader what is waited for: once for many, again for those who come after a wait in vain', async () => {
    const { bus, waitFor } = await follow();
    const wanted = () => bus.published.flatMap(({ subject, payload }) => (subject === WANTED ? payload : []));
    await waitFor(10n);
    expect(wanted()).toEqual([]);
    const waits = [waitFor(12n), waitFor(12n), waitFor(13n)];
    expect(wanted()).toEqual(['12', '13']);
    await vi.advanceTimersByTimeAsync(2000);
    await Promise.all(waits);
    waits.push(waitFor(13n));
    expect(wanted()).toEqual(['12', '13', '13']);
    bus.publish(PROJECTED, '13');
    await Promise.all(waits);
  });

  it('asks the read models before it gives up', async () => {
    const { state, waitFor } = await follow();
    const seen = waitFor(12n);
    state.position = 12n;
    await vi.advanceTimersByTimeAsync(2000);
    expect(await seen).toBe(true);
    const unseen = waitFor(13n);
    await vi.advanceTimersByTimeAsync(2000);
    expect(await unseen).toBe(false);
    expect(state.asked).toBe(3);
  });

  it('gives up when the read models are away, and goes on following', async () => {
    const { bus, state, waitFor } = await follow();
    state.away = true;
    const waiting = waitFor(12n);
    await vi.advanceTimersByTimeAsync(2000);
    expect(await waiting).toBe(false);
    bus.publish(PROJECTED, '12');
    expect(await waitFor(12n)).toBe(true);
  });

  it('never goes back', async () => {
    const { bus, waitFor } = await follow();
    bus.publish(PROJECTED, '5');
    expect(await waitFor(10n)).toBe(true);
  });

  it('asks at once when the bus may have lost something', async () => {
    const { bus, state, waitFor } = await follow();
    const waiting = waitFor(12n);
    state.position = 12n;
    bus.interrupt();
    expect(await waiting).toBe(true);
  });

  it('lets go of one who has gone, and asks nobody for it', async () => {
    const { state, projected, bus } = await follow();
    const gone = new AbortController();
    const waits = [projected.waitFor(12n, gone.signal), projected.waitFor(12n)];
    gone.abort();
    expect(await waits[0]).toBe(false);
    expect(await projected.waitFor(12n, gone.signal)).toBe(false);
    expect(state.asked).toBe(1);
    expect(vi.getTimerCount()).toBe(1);
    bus.publish(PROJECTED, '12');
    expect(await waits[1]).toBe(true);
  });

  it('knows without waiting what it has been told of', async () => {
    const { bus, projected } = await follow();
    expect([projected.hasPassed(10n), projected.hasPassed(11n)]).toEqual([true, false]);
    bus.publish(PROJECTED, '11');
    expect(projected.hasPassed(11n)).toBe(true);
  });

  it('lets go of whoever waits when it is closed', async () => {
    const { projected, waitFor } = await follow();
    const waiting = waitFor(12n);
    await projected.close();
    expect(await waiting).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });
});
