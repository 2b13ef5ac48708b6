import { connect } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { REFUSED, SERVED } from '../gateway/public-server/http-shapes.ts';
import type { ProxyName } from '../support/reverse-proxy.ts';

/** What follows each request on its connection; a gateway answers it with 401. */
const NEXT = 'GET /api/self HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

/** What a gateway would serve, and a proxy may refuse by itself with 400. */
const REFUSED_BY: Readonly<Record<ProxyName, readonly string[]>> = {
  nginx: ['2,500 headers', 'a length after a tab', 'an empty Host'],
  HAProxy: ['500 headers', '2,500 headers', 'absolute form', 'absolute form, https, in capitals'],
};

/** What is no HTTP/1 at all, and a proxy may speak. */
const UNDERSTOOD_BY: Readonly<Record<ProxyName, readonly string[]>> = { nginx: [], HAProxy: ['HTTP/2'] };

/** The answer of a proxy whose gateway said nothing, or nothing that it understood. */
const GATEWAY_FAILED = [502, 503, 504];

/** `port`: where the proxy speaks TLS. No request is swallowed: each gets an answer, from the gateway or from the proxy. */
export function describeProxiedHttp(name: ProxyName, port: () => number): void {
  describe('an HTTP request', () => {
    it.each(SERVED.map(([shape, bytes]) => [shape, bytes] as const))(
      'is answered, and so is the next one: %s',
      async (shape, bytes) => {
        const statuses = await exchange(port(), bytes + NEXT);
        if (REFUSED_BY[name].includes(shape) && statuses.length === 1) expect(statuses).toEqual([400]);
        else expect(statuses).toEqual([expect.toBeOneOf([400, 404]), 401]);
      },
    );

    it.each(REFUSED.filter(([, shape]) => !UNDERSTOOD_BY[name].includes(shape)))(
      'that Rally answers with %i is answered, and costs no gateway: %s',
      async (_, _shape, bytes) => {
        const statuses = await exchange(port(), bytes + NEXT);
        expect(statuses.length).toBeGreaterThan(0);
        expect(statuses.filter((status) => GATEWAY_FAILED.includes(status))).toEqual([]);
      },
    );

    it('may bring 15 KiB of cookies', async () => {
      const cookie = `Cookie: other=${'x'.repeat(15_000)}\r\n`;
      expect(await exchange(port(), NEXT.replace('\r\n\r\n', `\r\n${cookie}\r\n`))).toEqual([401]);
    });
  });
}

/** The statuses of all answers, without `100`, until the connection has ended. Text is Latin-1. */
function exchange(port: number, bytes: string): Promise<number[]> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(bytes, 'latin1'));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
    });
    // A proxy that refuses does not always read to the end.
    socket.on('error', () => {});
    socket.on('close', () => {
      const answers = [...received.matchAll(/HTTP\/1\.[01] (\d{3}) /g)];
      resolve(answers.map(([, status]) => Number(status)).filter((status) => status >= 200));
    });
  });
}
