import type { FastifyRequest } from 'fastify';
import type { AllowsOrigin } from '../public-address.ts';
import { HttpRefusal } from './error-answers.ts';
import { CSRF_COOKIE, CSRF_HEADER } from './session-cookies.ts';

/**
 * Browsers send cookies unasked, so a request that changes something and authenticates by them must show that it
 * comes from an allowed page: by its origin, and by repeating a cookie that only such pages can read.
 */
export function requireCsrfProof(request: FastifyRequest, allowsOrigin: AllowsOrigin): void {
  const { origin } = request.headers;
  const token = request.cookies[CSRF_COOKIE];
  if (!token || request.headers[CSRF_HEADER.toLowerCase()] !== token || !origin || !allowsOrigin(origin))
    throw new HttpRefusal('csrf_failed');
}

/** For requests that bring no session but get one: a foreign page must not sign a browser in as somebody else. */
export function refuseForeignOrigin(request: FastifyRequest, allowsOrigin: AllowsOrigin): void {
  const { origin } = request.headers;
  if (origin && !allowsOrigin(origin)) throw new HttpRefusal('csrf_failed');
}
