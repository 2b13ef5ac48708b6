import { isIPv6 } from 'node:net';

/** How a URL names the interface that is listened on; "all of them" are shown by the one that is always there. */
export function publicHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return isIPv6(host) ? `[${host}]` : host;
}
