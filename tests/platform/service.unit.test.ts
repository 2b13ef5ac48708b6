import { describe, expect, it } from 'vitest';
import { Parts, type Service, Stopping } from '../../platform/service/service.ts';

describe('parts of a process', () => {
  const stopped: string[] = [];
  const part = (name: string): Service => ({
    name,
    notReady: async () => null,
    stop: async () => void stopped.push(name),
  });

  it('stop in the reverse order of their start, each after the one before', async () => {
    stopped.length = 0;
    const parts = new Parts();
    await parts.add(Promise.resolve(part('database')));
    parts.onStop('connections', async () => void stopped.push('connections'));
    await parts.add(Promise.resolve(part('gateway')));
    await parts.stop();
    expect(stopped).toEqual(['gateway', 'connections', 'database']);
    expect(parts.running).toEqual([]);
  });

  it('that come up while the process is stopping are stopped again', async () => {
    stopped.length = 0;
    const parts = new Parts();
    parts.refuseMore();
    await expect(parts.add(Promise.resolve(part('late')))).rejects.toThrow(Stopping);
    expect(stopped).toEqual(['late']);
  });

  it('that wait while they start are told when the process is stopping, once', async () => {
    const parts = new Parts();
    const { stopping } = parts;
    expect(stopping.aborted).toBe(false);
    parts.refuseMore();
    expect(() => stopping.throwIfAborted()).toThrow(Stopping);
    const { reason } = stopping;
    await parts.stop();
    expect(stopping.reason).toBe(reason);
  });

  it('are still listed while they stop, so that a hanging one can be named', async () => {
    const parts = new Parts();
    await parts.add(Promise.resolve({ ...part('hanging'), stop: () => new Promise(() => {}) }));
    void parts.stop();
    expect(parts.running.map(({ name }) => name)).toEqual(['hanging']);
  });
});
