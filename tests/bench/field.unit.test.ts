import { afterEach, describe, expect, it, vi } from 'vitest';
import { findField } from '../../bench/systems/field.ts';
import { natsServerIsThere } from '../support/nats-server.ts';

const names = (entries: readonly { name: string }[]) => entries.map(({ name }) => name);
const URL = 'esdb://127.0.0.1:2113?tls=false';
const ON_POSTGRES = ['rally', 'rally distributed', 'limit loop', 'socket.io peer'];
const ON_EVENTSTOREDB = ['rally on EventStoreDB', 'limit on EventStoreDB'];

afterEach(() => void vi.unstubAllEnvs());

describe('who takes part in the benchmark', () => {
  it.runIf(natsServerIsThere)('is everybody, on EventStoreDB only where there is one', () => {
    expect(names(findField(undefined).present)).toEqual(ON_POSTGRES);
    expect(names(findField(URL).present)).toEqual([...ON_POSTGRES, ...ON_EVENTSTOREDB]);
    expect(findField(URL).absent).toEqual([]);
  });

  it('is everybody but those who need NATS, where there is none', () => {
    vi.stubEnv('PATH', '/nowhere');
    const { present, absent } = findField(URL);
    expect(names(present)).toEqual(['rally', 'limit loop', 'socket.io peer', ...ON_EVENTSTOREDB]);
    expect(names(absent)).toEqual(['rally distributed']);
    for (const { why } of absent) expect(why).toContain('no nats-server on the PATH');
  });
});
