/**
 * With the client's 10 s between two pings, finds a dead connection within 14 s. The connection string may say otherwise.
 */
const KEEP_ALIVE_TIMEOUT_MS = 4000;

/** Later settings win over earlier ones. With errors as results, the client would garble a conflict's revision. */
export function clientSettings(connectionString: string): string {
  const [address = '', own = ''] = connectionString.trim().split('?', 2);
  const settings = [
    `keepAliveTimeout=${KEEP_ALIVE_TIMEOUT_MS}`,
    ...own.split('&').filter((setting) => setting !== ''),
    'throwOnAppendFailure=true',
  ];
  return `${address}?${settings.join('&')}`;
}
