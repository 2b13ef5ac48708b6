import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { readConfiguration } from '../../platform/configuration/read-configuration.ts';
import { messageBusConfiguration } from '../../platform/message-bus/configuration.ts';
import { connectNatsBus } from '../../platform/message-bus/nats/nats-bus.ts';
import { serverAddresses } from '../../platform/message-bus/nats/server-addresses.ts';
import { type NatsServer, natsServerIsThere, startNatsServer } from '../support/nats-server.ts';

describe('NATS_URL', () => {
  it.each([
    ['nats://127.0.0.1:4222', { servers: ['127.0.0.1:4222'] }],
    ['nats://a:1, nats://b:2,c:3', { servers: ['a:1', 'b:2', 'c:3'] }],
    ['nats://rally:p%40ss@nats', { servers: ['nats'], user: 'rally', pass: 'p@ss' }],
    ['nats://a:1,nats://rally:pass@b:2', { servers: ['a:1', 'b:2'], user: 'rally', pass: 'pass' }],
    ['nats://some-token@a:1', { servers: ['a:1'], token: 'some-token' }],
    ['tls://a:1', { servers: ['a:1'], tls: {} }],
    ['nats://[::1]:4222', { servers: ['[::1]:4222'] }],
  ])('%s', (url, addresses) => {
    expect(serverAddresses(url)).toEqual(addresses);
    expect(readConfiguration(messageBusConfiguration, { NATS_URL: url })).toEqual({ NATS_URL: url });
  });

  it.each([
    'nats://',
    'nats:///x',
    'nats://[',
    'nats://a:99999',
    'nats://a:b:c',
    'nats://a,,nats://b',
    'nats://%zz@a',
    'http://a',
    'a:4222',
  ])('%s is refused by its name, in one line without what it says', (url) => {
    const read = () => readConfiguration(messageBusConfiguration, { NATS_URL: url });
    expect(read).toThrow(/^NATS_URL: must be a nats:\/\/ or tls:\/\/ URL[^\n;]*$/);
  });
});

describe.runIf(natsServerIsThere)('a NATS server that wants to know who comes', () => {
  let server: NatsServer;
  afterEach(() => server.stop());

  const connectAs = async (credentials: string) => {
    const url = server.url.replace('nats://', `nats://${credentials}`);
    const bus = await connectNatsBus({ url, name: 'test', logger: pino({ level: 'silent' }) });
    await bus.close();
  };

  it('lets in whom the URL names, and nobody else', async () => {
    server = await startNatsServer('--user', 'rally', '--pass', 'sesame');
    await connectAs('rally:sesame@');
    await expect(connectAs('rally:wrong@')).rejects.toThrow();
    await expect(connectAs('')).rejects.toThrow();
  });

  it('may want a token', async () => {
    server = await startNatsServer('--auth', 'sesame');
    await connectAs('sesame@');
    await expect(connectAs('wrong@')).rejects.toThrow();
  });

  it('is refused when it has no TLS and the URL wants it', async () => {
    server = await startNatsServer();
    const url = server.url.replace('nats://', 'tls://');
    await expect(connectNatsBus({ url, name: 'test', logger: pino({ level: 'silent' }) })).rejects.toThrow();
  });
});

if (!natsServerIsThere)
  describe.skip('a NATS server that wants to know who comes: needs a nats-server on the PATH', () => {
    it('lets in whom the URL names', () => {});
  });
