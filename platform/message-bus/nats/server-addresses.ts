import type { ConnectionOptions } from 'nats';

/**
 * What the client wants to be told apart: by itself it ignores all of a URL but host and port. Credentials are those
 * of the first address that has some; a name without a password is a token. `tls://` refuses a server without TLS.
 * Throws when one of them is no URL of a host.
 */
export function serverAddresses(
  urls: string,
): Pick<ConnectionOptions, 'servers' | 'user' | 'pass' | 'token' | 'tls'> {
  const addresses = urls
    .split(',')
    .map((text) => text.trim())
    .map((text) => new URL(text.includes('://') ? text : `nats://${text}`));
  if (addresses.some(({ host }) => host === '')) throw new TypeError('an address without a host');
  const { username = '', password = '' } = addresses.find((address) => address.username !== '') ?? {};
  const name = decodeURIComponent(username);
  return {
    servers: addresses.map(({ host }) => host),
    ...(name !== '' &&
      (password === '' ? { token: name } : { user: name, pass: decodeURIComponent(password) })),
    ...(addresses.some(({ protocol }) => protocol === 'tls:') && { tls: {} }),
  };
}
