import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply } from 'fastify';
import { ACCESS_TOKEN_COOKIE } from '../accounts/access-token.ts';
import { newSecret } from '../accounts/secret.ts';
import type { SignedIn } from '../accounts/session-tokens.ts';
import type { GatewayConfiguration } from '../configuration.ts';

export const REFRESH_TOKEN_COOKIE = 'refresh_token';
/** Readable by pages: they repeat it in the header `X-CSRFToken`. */
export const CSRF_COOKIE = 'csrftoken';

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

export type CookieLifetimes = Pick<GatewayConfiguration, 'ACCESS_TOKEN_TTL_S' | 'REFRESH_TOKEN_TTL_S'>;

export function setSessionCookies(
  reply: FastifyReply,
  { accessToken, refreshToken }: SignedIn,
  { ACCESS_TOKEN_TTL_S, REFRESH_TOKEN_TTL_S }: CookieLifetimes,
): void {
  const secret = { ...attributes(reply), httpOnly: true };
  reply
    .setCookie(ACCESS_TOKEN_COOKIE, accessToken, { ...secret, maxAge: ACCESS_TOKEN_TTL_S })
    .setCookie(REFRESH_TOKEN_COOKIE, refreshToken, { ...secret, maxAge: REFRESH_TOKEN_TTL_S })
    .setCookie(CSRF_COOKIE, newSecret(), { ...attributes(reply), maxAge: REFRESH_TOKEN_TTL_S });
}

export function clearSessionCookies(reply: FastifyReply): void {
  const gone = { ...attributes(reply), maxAge: 0 };
  reply
    .setCookie(ACCESS_TOKEN_COOKIE, '', { ...gone, httpOnly: true })
    .setCookie(REFRESH_TOKEN_COOKIE, '', { ...gone, httpOnly: true })
    .setCookie(CSRF_COOKIE, '', gone);
}

/** Browsers keep no Secure cookies of plain-HTTP pages; on the own machine there is no network to listen on. */
const attributes = ({ request }: FastifyReply): CookieSerializeOptions => ({
  path: '/',
  sameSite: 'lax',
  secure: !LOOPBACK.test(hostName(request.headers.host ?? '')),
});

const hostName = (host: string): string => host.replace(/:\d*$/, '');
