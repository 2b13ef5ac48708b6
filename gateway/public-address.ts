import { isIPv6 } from 'node:net';

/** How a URL names the interface that is listened on; "all of them" are shown by the one that is always there. */
export function publicHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return isIPv6(host) ? `[${host}]` : host;
}

const LOOPBACK_NAMES: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/** Whether web pages of this origin may use the API and the WebSocket with cookies. */
export type AllowsOrigin = (origin: string) => boolean;

/** `configured` as in `ALLOWED_ORIGINS`; without it, the public address itself, on loopback by each of its names. */
export function createAllowsOrigin(
  configured: readonly string[] | undefined,
  publicAddress: () => { host: string; port: number },
): AllowsOrigin {
  return (origin) => {
    if (configured) return configured.includes(origin);
    const { host, port } = publicAddress();
    const names = LOOPBACK_NAMES.includes(host) ? LOOPBACK_NAMES : [host];
    return names.some((name) => origin === new URL(`http://${name}:${port}`).origin);
  };
}
