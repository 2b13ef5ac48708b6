import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports that systems give to outgoing connections (Linux from 32768, macOS from 49152 on): one of those could
 * take the port before whoever asked for it listens there.
 */
const FROM = 20_000;
const BEFORE = 32_000;
const TRIES = 100;

/** By this process: whoever asked may not listen there yet. */
const given = new Set<number>();

/**
 * A port of the loopback interface that nobody listened on a moment ago, never the same twice; chosen by chance, so that two
 * processes that ask differ.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(FROM, BEFORE);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`no free port between ${FROM} and ${BEFORE}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().listen(port, '127.0.0.1');
    server.once('error', () => resolve(false));
    server.once('listening', () => server.close(() => resolve(true)));
  });
}
