import { isIPv6 } from 'node:net';
import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply } from 'fastify';
import { ACCESS_TOKEN_COOKIE } from '../accounts/credentials.ts';
import { isSecret, newSecret, type SignedIn } from '../accounts/session-tokens.ts';
import type { GatewayConfiguration } from '../configuration.ts';

export const REFRESH_TOKEN_COOKIE = 'refresh_token';
/** Readable by pages: they repeat it in the header `X-CSRFToken`. */
export const CSRF_COOKIE = 'csrftoken';
/** What that cookie holds, for pages of another origin, which cannot read it; and how they send it back. */
export const CSRF_HEADER = 'X-CSRFToken';
/** When the access token ends, which pages cannot read either. */
export const SESSION_EXPIRES_HEADER = 'X-Session-Expires';

export interface SessionCookies {
  /**
   * Tells of the session by cookies and headers. `csrfToken`: the one that the page has; a new one without, or if it is none of
   * ours. It stays the same as long as the session: another tab may have read the old cookie and be about to send it.
   */
  set(reply: FastifyReply, signedIn: SignedIn, csrfToken?: string): void;
  clear(reply: FastifyReply): void;
}

export type CookieConfiguration = Pick<
  GatewayConfiguration,
  'ACCESS_TOKEN_TTL_S' | 'REFRESH_TOKEN_TTL_S' | 'ALLOWED_ORIGINS' | 'HOST'
>;

export function createSessionCookies(configuration: CookieConfiguration): SessionCookies {
  const readable: CookieSerializeOptions = { path: '/', sameSite: 'lax', secure: needSecure(configuration) };
  const secret: CookieSerializeOptions = { ...readable, httpOnly: true };
  const { ACCESS_TOKEN_TTL_S, REFRESH_TOKEN_TTL_S } = configuration;
  return {
    set(reply, { accessToken, refreshToken, session }, given) {
      const csrfToken = given !== undefined && isSecret(given) ? given : newSecret();
      reply
        .header(SESSION_EXPIRES_HEADER, session.expiresAt.toISOString())
        .header(CSRF_HEADER, csrfToken)
        .setCookie(ACCESS_TOKEN_COOKIE, accessToken, { ...secret, maxAge: ACCESS_TOKEN_TTL_S })
        .setCookie(REFRESH_TOKEN_COOKIE, refreshToken, { ...secret, maxAge: REFRESH_TOKEN_TTL_S })
        .setCookie(CSRF_COOKIE, csrfToken, { ...readable, maxAge: REFRESH_TOKEN_TTL_S });
    },
    clear(reply) {
      reply
        .setCookie(ACCESS_TOKEN_COOKIE, '', { ...secret, maxAge: 0 })
        .setCookie(REFRESH_TOKEN_COOKIE, '', { ...secret, maxAge: 0 })
        .setCookie(CSRF_COOKIE, '', { ...readable, maxAge: 0 });
    },
  };
}

/**
 * Cookies are `Secure` unless every page that may use them is one of this machine, by plain HTTP: there is no network to
 * listen on, and not all browsers keep `Secure` cookies of such a page. The configuration says so and nothing else: a
 * request's `Host` is whatever a client or a proxy makes of it.
 */
function needSecure({
  ALLOWED_ORIGINS,
  HOST,
}: Pick<CookieConfiguration, 'ALLOWED_ORIGINS' | 'HOST'>): boolean {
  const origins = ALLOWED_ORIGINS ?? [`http://${isIPv6(HOST) ? `[${HOST}]` : HOST}`];
  return !origins.every((origin) => LOOPBACK_PAGE.test(origin));
}

const LOOPBACK_PAGE = /^http:\/\/(localhost|[^/]+\.localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;
