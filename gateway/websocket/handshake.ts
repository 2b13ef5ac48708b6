import { type Cursor, parseCursor } from '../../protocol/cursor.ts';
import { credentialsOf } from '../accounts/credentials.ts';
import type { AllowsOrigin } from '../public-address.ts';
import type { Handshake } from '../public-server/public-server.ts';

const EVENTS_PATH = /^\/ws\/events\/?$/;
const BEARER_OFFERED = /^\s*(bearer)\s*(?:,|$)/i;

export type JudgedHandshake =
  | { readonly verdict: 'refused'; readonly status: 403 | 404 }
  | { readonly verdict: 'unknown_route' }
  | { readonly verdict: 'accepted'; readonly request: TabRequest; readonly protocol: string | undefined };

/** What a tab brings along. */
export interface TabRequest {
  /** null: none. */
  readonly accessToken: string | null;
  /** Where the tab wants to go on; null: nowhere, or not a cursor. */
  readonly cursor: Cursor | null;
}

/** A client that offers the subprotocol `bearer` gets it back, whichever credentials count: without, it would hang up. */
export function judgeHandshake(
  { path, query, headers }: Handshake,
  allowsOrigin: AllowsOrigin,
): JudgedHandshake {
  if (!path.startsWith('/ws')) return { verdict: 'refused', status: 404 };
  if (!EVENTS_PATH.test(path)) return { verdict: 'unknown_route' };
  const { origin } = headers;
  if (origin !== undefined && !allowsOrigin(origin)) return { verdict: 'refused', status: 403 };
  return {
    verdict: 'accepted',
    request: {
      accessToken: credentialsOf(headers)?.accessToken ?? null,
      cursor: parseCursor(new URLSearchParams(query).get('cursor') ?? ''),
    },
    protocol: BEARER_OFFERED.exec(headers['sec-websocket-protocol'] ?? '')?.[1],
  };
}
