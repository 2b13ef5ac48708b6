import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compose, rallyServiceOf } from './compose-file.ts';
import { SERVICE_OPTIONS } from './service-options.ts';

const IDLE_TIMEOUT_S = SERVICE_OPTIONS.gateway.shape.IDLE_TIMEOUT_S.parse(undefined);

/** Waits for a silent WebSocket, in seconds, and how often a gateway is asked how it is. */
const PROXIES = {
  'deploy/nginx.conf': { waits: [/proxy_read_timeout (\d+)s/, /proxy_send_timeout (\d+)s/] },
  'deploy/haproxy.cfg': { waits: [/timeout tunnel (\d+)s/], interval: /inter (\d+)s/ },
};

describe.each(Object.entries(PROXIES))('%s', (file, { waits, ...rest }) => {
  const text = readFileSync(file, 'utf8');
  const seconds = (pattern: RegExp) => Number(pattern.exec(text)?.[1]);

  it('waits longer for a silent WebSocket than a gateway does', () => {
    for (const wait of waits) expect(seconds(wait)).toBeGreaterThan(IDLE_TIMEOUT_S);
  });

  it('sends clients to the gateways that compose.yaml has', () => {
    const gateways = Object.entries(compose.services).filter(
      ([, service]) => rallyServiceOf(service) === 'gateway',
    );
    const upstreams = gateways.map(([name, { environment }]) => `${name}:${environment.PORT}`);
    expect(
      [...text.matchAll(/\bserver (?:gateway-\d )?(gateway-\d:\d+)/g)].map(([, upstream]) => upstream),
    ).toEqual(upstreams);
    if (!('interval' in rest)) return;
    for (const [, { environment }] of gateways) {
      expect(text).toContain(`check port ${environment.OPS_PORT} `);
      expect(Number(environment.DRAIN_DELAY_MS)).toBeGreaterThan(1.5 * seconds(rest.interval) * 1000);
    }
  });
});
