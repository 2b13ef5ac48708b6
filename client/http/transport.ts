import type { Environment } from '../environment.ts';
import { RallyError } from '../rally-error.ts';
import type { Session } from '../session/session.ts';

/** A server that is there answers earlier. */
const ANSWER_MS = 30_000;

export interface Answer {
  readonly status: number;
  /** Empty: there is no body. */
  readonly text: string;
  readonly headers: Headers;
  /** null: it does not say. */
  readonly retryAfterMs: number | null;
}

/** Sends one request with the session's credentials. Rejects with `unreachable` when no answer comes, or only a part. */
export type Transport = (
  method: string,
  path: string,
  request?: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> },
) => Promise<Answer>;

export function createTransport(environment: Environment, url: string, session: Session): Transport {
  return async (method, path, { body, headers } = {}) => {
    const patience = new AbortController();
    const cancel = environment.setTimer(() => patience.abort(), ANSWER_MS);
    try {
      const response = await environment.fetch(`${url}/api${path}`, {
        method,
        credentials: session.token ? 'omit' : 'include',
        headers: {
          ...(await session.headers(method)),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: patience.signal,
      });
      session.heard(response.headers);
      const retryAfter = response.headers.get('retry-after');
      return {
        status: response.status,
        text: await response.text(),
        headers: response.headers,
        retryAfterMs: retryAfter === null ? null : Number(retryAfter) * 1000,
      };
    } catch (error) {
      throw error instanceof RallyError
        ? error
        : new RallyError('unreachable', 'The server cannot be reached.', { retryable: true });
    } finally {
      cancel();
    }
  };
}
