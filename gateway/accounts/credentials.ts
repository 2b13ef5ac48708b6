const BEARER_PROTOCOL = 'bearer';

export const ACCESS_TOKEN_COOKIE = 'access_token';

/** Where a request or handshake can carry its access token; only `cookie` is sent by browsers unasked. */
export interface Credentials {
  readonly accessToken: string;
  readonly from: 'authorization' | 'subprotocol' | 'cookie';
}

/** null: none. `headers` in lower case. */
export function credentialsOf(headers: Readonly<Record<string, string | undefined>>): Credentials | null {
  const bearer = /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer) return { accessToken: bearer, from: 'authorization' };
  const [scheme, offered] = (headers['sec-websocket-protocol'] ?? '').split(',').map((part) => part.trim());
  if (scheme?.toLowerCase() === BEARER_PROTOCOL && offered)
    return { accessToken: offered, from: 'subprotocol' };
  const cookie = cookieValue(headers.cookie ?? '', ACCESS_TOKEN_COOKIE);
  return cookie ? { accessToken: cookie, from: 'cookie' } : null;
}

function cookieValue(header: string, name: string): string | undefined {
  const pairs = header.split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}
