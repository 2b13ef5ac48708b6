import type { z } from 'zod';
import type { ErrorCode } from './error-codes.ts';

/** What the HTTP API answers at one method and path: the gateway serves it by this, and the documents tell of it. */
export interface HttpRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api`. `{me}` is the caller's own name; anybody else's is `forbidden`. */
  readonly path: `/${string}`;
  /** What a request has to bring: nothing, the refresh token's cookie, or a session (so unless said), or that or the game server's token. */
  readonly credentials?: 'none' | 'refresh_token' | 'session' | 'session_or_service';
  /** In a few words. */
  readonly summary: string;
  /** What neither schemas nor codes say. */
  readonly notes?: string;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** By status, the usual one first; null: without a body. */
  readonly answers: Readonly<Record<number, z.ZodType | null>>;
  /** Its own; `refusalsOf` adds those of all like it. */
  readonly refusals?: readonly ErrorCode[];
}

/** Every code with which a request of this route may be refused, by whatever all like it have in common. Not: `invalidFields`. */
export function refusalsOf(route: HttpRoute): readonly ErrorCode[] {
  const changes = route.method !== 'GET';
  const codes = new Set<ErrorCode>(changes ? UNREADABLE_BODIES : []);
  if (credentialsOf(route) !== 'none') codes.add('unauthenticated');
  if (changes) codes.add('csrf_failed');
  for (const code of route.refusals ?? []) codes.add(code);
  if (isAnsweredFromReadModels(route)) codes.add('not_visible_yet');
  return [...codes, ...OF_EVERY_REQUEST];
}

const UNREADABLE_BODIES = ['malformed_json', 'body_too_large', 'unsupported_media_type'] as const;

const OF_EVERY_REQUEST = ['bad_request', 'internal', 'unavailable'] as const;

export const credentialsOf = ({ credentials = 'session' }: HttpRoute) => credentials;

/** All but signing in wait until what they are about can be read. */
const isAnsweredFromReadModels = (route: HttpRoute): boolean => credentialsOf(route).startsWith('session');

/** GETs of a session take `X-Rally-After`, and tell of their place in `X-Rally-Position`. */
export const isCausal = (route: HttpRoute): boolean =>
  route.method === 'GET' && credentialsOf(route) === 'session';

/** Whether a request may be answered with the fields that are at fault. */
export const mayHaveInvalidFields = (route: HttpRoute): boolean =>
  route.query !== undefined || route.body !== undefined || isCausal(route);
