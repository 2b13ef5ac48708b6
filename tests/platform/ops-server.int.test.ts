import { once } from 'node:events';
import { request } from 'node:http';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { createMetrics, type OpsServer, startOpsServer } from '../../platform/service/ops-server.ts';
import type { Service } from '../../platform/service/service.ts';

describe('the ops server', () => {
  const running: OpsServer[] = [];
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
  });

  const service = (name: string, notReady: Service['notReady']): Service => ({
    name,
    notReady,
    stop: async () => {},
  });

  async function start(services: Service[] = [], phase: string | null = null, metrics = new Registry()) {
    const options = {
      name: 'tried',
      host: '127.0.0.1',
      port: 0,
      metrics,
      phase: () => phase,
      services: () => services,
      processes: () => [],
    };
    const server = await startOpsServer(options);
    running.push(server);
    return server.address;
  }

  const ask = async (url: string) => {
    const response = await fetch(url);
    return { status: response.status, body: await response.json() };
  };

  it('is live while the process is starting, and not ready', async () => {
    const address = await start([], 'starting');
    expect(await ask(`${address}/health/live`)).toEqual({ status: 200, body: { status: 'live' } });
    expect(await ask(`${address}/health/ready`)).toEqual({
      status: 503,
      body: { status: 'not ready', reasons: { process: 'starting' } },
    });
  });

  it('is ready when all services are', async () => {
    const address = await start([service('a', async () => null), service('b', async () => null)]);
    expect(await ask(`${address}/health/ready`)).toEqual({ status: 200, body: { status: 'ready' } });
  });

  it('names each service that is not ready, and why', async () => {
    const address = await start([
      service('fine', async () => null),
      service('behind', async () => 'far behind the log'),
      service('broken', async () => Promise.reject(new Error('secret detail'))),
    ]);
    expect(await ask(`${address}/health/ready`)).toEqual({
      status: 503,
      body: {
        status: 'not ready',
        reasons: { behind: 'far behind the log', broken: 'cannot tell how it is' },
      },
    });
  });

  it('stays ready when a service works that wants an operator, and says why', async () => {
    const parked = { ...service('working', async () => null), degraded: async () => '1 event is parked' };
    const broken = {
      ...service('broken', async () => null),
      degraded: async () => Promise.reject(new Error('secret detail')),
    };
    const address = await start([service('fine', async () => null), parked, broken]);
    expect(await ask(`${address}/health/ready`)).toEqual({
      status: 200,
      body: {
        status: 'degraded',
        reasons: { working: '1 event is parked', broken: 'cannot tell how it is' },
      },
    });
    const down = await start([parked, service('down', async () => 'away')]);
    expect(await ask(`${down}/health/ready`)).toEqual({
      status: 503,
      body: { status: 'not ready', reasons: { down: 'away' } },
    });
  });

  it('counts a service that does not answer as not ready', async () => {
    const address = await start([service('hanging', () => new Promise(() => {}))]);
    expect(await ask(`${address}/health/ready`)).toMatchObject({
      status: 503,
      body: { reasons: { hanging: 'gives no answer' } },
    });
  });

  it('tells metrics as Prometheus reads them', async () => {
    const response = await fetch(`${await start([], null, createMetrics())}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await response.text()).toMatch(/^process_cpu_seconds_total \d/m);
  });

  it('knows nothing else', async () => {
    expect((await ask(`${await start()}/api/self`)).status).toBe(404);
  });

  it.each(['//', 'http://[', '/\\\\[', '/%', '/constructor', '*', '/health/live/', '/health//live'])(
    'answers 404 to the target %s, and goes on',
    async (path) => {
      const address = await start();
      const [response] = await once(request(address, { path }).end(), 'response');
      expect(response.statusCode).toBe(404);
      expect((await ask(`${address}/health/live?probe=1`)).status).toBe(200);
    },
  );

  it('is only read from', async () => {
    const address = await start();
    for (const method of ['POST', 'DELETE', 'PUT', 'OPTIONS']) {
      const response = await fetch(`${address}/health/live`, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('GET, HEAD');
    }
    const head = await fetch(`${address}/health/live`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('says which option is wrong when its port is taken', async () => {
    const port = Number(new URL(await start()).port);
    const options = {
      name: 'late',
      host: '127.0.0.1',
      port,
      metrics: new Registry(),
      phase: () => null,
      services: () => [],
      processes: () => [],
    };
    await expect(startOpsServer(options)).rejects.toThrow(/^OPS_PORT: .* is taken$/);
    await expect(startOpsServer(options)).rejects.toThrow(`OPS_PORT: 127.0.0.1:${port}`);
  });
});
