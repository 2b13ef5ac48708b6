import type { Logger } from 'pino';
import { listenOnNodeWs } from './node-ws/node-ws-server.ts';
import type { ListenPublicly } from './public-server.ts';
import { loadUWebSockets } from './uwebsockets/load-uwebsockets.ts';
import { listenOnUWebSockets } from './uwebsockets/uwebsockets-server.ts';

/** uWebSockets where a build of it runs; else a slower stand-in that does the same. */
export function createListenPublicly(logger: Logger, load = loadUWebSockets): ListenPublicly {
  const library = load();
  if (library) return listenOnUWebSockets(library);
  const { platform, arch, version: node } = process;
  logger.warn({ platform, arch, node }, 'no uWebSockets binary fits: sockets run on the slower ws package');
  return listenOnNodeWs;
}
