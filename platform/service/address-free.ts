import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationError } from '../configuration/read-configuration.ts';

/** An address and the options that it was taken from. */
export interface ConfiguredAddress {
  readonly host: string;
  readonly port: number;
  /** Such as `HOST` and `PORT`. */
  readonly options: { readonly host: string; readonly port: string };
}

const LOOK_EVERY_MS = 50;

/**
 * Rejects with `ConfigurationError`: told now, rather than after a database has been started for nothing. A port that is
 * taken may be so for `patienceMs` more: whoever had it is perhaps just letting go of it.
 */
export async function assertAddressFree(host: string, port: number, patienceMs = 0): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
    const error = await listenBriefly(host, port);
    if (error === null) return;
    const refusal = cannotListen({ host, port, options: { host: 'HOST', port: 'PORT' } }, error);
    if (error.code !== 'EADDRINUSE' || waitedMs >= patienceMs) throw refusal;
    await delay(LOOK_EVERY_MS);
  }
}

/** Why not; null: it went. */
async function listenBriefly(host: string, port: number): Promise<NodeJS.ErrnoException | null> {
  const server = createServer().listen({ host, port });
  const error = await once(server, 'listening').then(
    () => null,
    (reason: NodeJS.ErrnoException) => reason,
  );
  if (error === null) {
    server.close();
    await once(server, 'close');
  }
  return error;
}

/** Names the option that is at fault. */
export function cannotListen(
  { host, port, options }: ConfiguredAddress,
  error: NodeJS.ErrnoException,
): ConfigurationError {
  const { code } = error;
  const message =
    code === 'EADDRINUSE'
      ? `${options.port}: ${host}:${port} is taken`
      : code === 'EACCES'
        ? `${options.port}: ${host}:${port} is not for an ordinary user to listen on (EACCES)`
        : `${options.host}: ${host} is not an address of this machine (${code})`;
  return new ConfigurationError(message, { cause: error });
}
