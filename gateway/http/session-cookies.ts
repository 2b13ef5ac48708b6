import { isIPv6 } from 'node:net';
import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply } from 'fastify';
import { ACCESS_TOKEN_COOKIE } from '../accounts/credentials.ts';
import { newSecret, type SignedIn } from '../accounts/session-tokens.ts';
import type { GatewayConfiguration } from '../configuration.ts';

export const REFRESH_TOKEN_COOKIE = 'refresh_token';
/** Readable by pages: they repeat it in the header `X-CSRFToken`. */
export const CSRF_COOKIE = 'csrftoken';

export interface SessionCookies {
  set(reply: FastifyReply, signedIn: SignedIn): void;
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
    set(reply, { accessToken, refreshToken }) {
      reply
        .setCookie(ACCESS_TOKEN_COOKIE, accessToken, { ...secret, maxAge: ACCESS_TOKEN_TTL_S })
        .setCookie(REFRESH_TOKEN_COOKIE, refreshToken, { ...secret, maxAge: REFRESH_TOKEN_TTL_S })
        .setCookie(CSRF_COOKIE, newSecret(), { ...readable, maxAge: REFRESH_TOKEN_TTL_S });
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
