import { once } from 'node:events';
import { connect } from 'node:net';
import { HttpResponseReader } from './http-responses.ts';
import { Latencies } from './latencies.ts';
import type { PageLoad, PageLoadResult, PageRequest } from './page-load.ts';

const MS_PER_S = 1000;

/** Rejects when a connection breaks. */
export async function runPageLoad(load: PageLoad): Promise<PageLoadResult> {
  const { address, requests, connections, warmUpMs, measuredMs } = load;
  const latencies = new Latencies();
  const from = performance.now() + warmUpMs;
  let [next, answered, failed] = [0, 0, 0];
  const texts = requests.map((request) => requestText(address, request));
  await Promise.all(
    Array.from({ length: connections }, () =>
      readPages(address, {
        nextRequest: () => {
          if (performance.now() >= from + measuredMs) return null;
          next += 1;
          return texts[next % texts.length] ?? null;
        },
        answered: (status, askedAt) => {
          if (status !== 200) failed += 1;
          else if (askedAt >= from) {
            answered += 1;
            latencies.add(performance.now() - askedAt);
          }
        },
      }),
    ),
  );
  return { requestsPerS: answered / (measuredMs / MS_PER_S), latency: latencies.percentiles(), failed };
}

interface Reading {
  /** null: enough. */
  readonly nextRequest: () => string | null;
  readonly answered: (status: number, askedAt: number) => void;
}

async function readPages(address: string, { nextRequest, answered }: Reading): Promise<void> {
  const { hostname, port } = new URL(address);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  const responses = new HttpResponseReader();
  let [askedAt, enough] = [0, false];
  const ask = () => {
    const request = nextRequest();
    if (request === null) {
      enough = true;
      socket.end();
      return;
    }
    askedAt = performance.now();
    socket.write(request);
  };
  socket.on('data', (chunk) => {
    const status = responses.read(chunk);
    if (status === null) return;
    answered(status, askedAt);
    ask();
  });
  ask();
  await once(socket, 'close');
  if (!enough) throw new Error('a connection ended before its answer came');
}

function requestText(address: string, { path, headers }: PageRequest): string {
  const lines = Object.entries({ host: new URL(address).host, ...headers });
  return `GET ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}
