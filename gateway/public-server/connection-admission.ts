import type { Logger } from 'pino';
import { Counter, Gauge, type Registry } from 'prom-client';
import { z } from 'zod';
import type { ConnectionAdmission } from './public-server.ts';

/**
 * Files that are not for the public: connections to the database and the bus, whoever asks for health and metrics, logs,
 * child processes. A whole deployment in one process has about sixty open.
 */
const RESERVED_FILES = 128;

/** Also where that leaves too little of a small limit. */
const RESERVED_SHARE = 0.5;

/** While connections are refused, that is said so often. */
const SAID_EVERY_MS = 60_000;

/** "unlimited" is a word; some systems know no limit. */
const systemReport = z.object({ userLimits: z.object({ open_files: z.object({ soft: z.number() }) }) });

/** Whom a report is about: else it is about a place in the code, and source maps are read to name that. */
const NOWHERE: Error = { name: '', message: '', stack: '' };

/** How many files this process may have open. Node has raised that as far as it may. */
export function openFilesLimit(): number {
  if (!process.report) return Number.POSITIVE_INFINITY;
  // Else it looks up the name of everybody who is connected, and waits for that.
  Object.assign(process.report, { excludeNetwork: true });
  const { data } = systemReport.safeParse(process.report.getReport(NOWHERE));
  return data?.userLimits.open_files.soft ?? Number.POSITIVE_INFINITY;
}

/**
 * Leaves the process the files that it needs to go on. How many connections that allows is said at the start; those that
 * are refused are counted, and told of once a minute.
 */
export function admitConnections(
  logger: Logger,
  registry: Registry,
  openFiles = openFilesLimit(),
): ConnectionAdmission {
  const limit = openFiles - Math.min(RESERVED_FILES, Math.floor(openFiles * RESERVED_SHARE));
  const registers = [registry];
  new Gauge({
    name: 'rally_public_connections_limit',
    help: 'Connections that the public port may have open at once.',
    registers,
  }).set(limit);
  const counter = new Counter({
    name: 'rally_public_connections_refused_total',
    help: 'Connections closed as they came, because the process would run out of open files.',
    registers,
  });
  logger.info({ openFiles, connections: limit }, 'the public port takes so many connections at once');
  let unsaid = 0;
  let isSaid = false;
  function say(): void {
    if (unsaid === 0) {
      isSaid = false;
      return;
    }
    logger.warn({ refused: unsaid, limit }, 'connections refused: raise the limit of open files (ulimit -n)');
    unsaid = 0;
    isSaid = true;
    setTimeout(say, SAID_EVERY_MS).unref();
  }
  return {
    limit,
    refused() {
      counter.inc();
      unsaid += 1;
      if (!isSaid) say();
    },
  };
}
