import type { Environment } from '../environment.ts';
import { RallyError } from '../rally-error.ts';
import type { Renewal } from '../session/renewal.ts';
import type { Session } from '../session/session.ts';
import { isUnknownPlace, refusalOf } from './refusal.ts';
import type { SeenPlace } from './seen-place.ts';
import type { Answer, Transport } from './transport.ts';

/** After the first one. */
const TRIES = 3;
/** Who has to wait for longer is told, and decides. */
const LONGEST_WAIT_MS = 10_000;

export interface HttpParts {
  readonly environment: Environment;
  readonly session: Session;
  readonly transport: Transport;
  readonly renewal: Pick<Renewal, 'renew'>;
  readonly seen: SeenPlace;
}

export interface HttpRequest {
  readonly body?: unknown;
  /** It brings no session: a 401 is an answer like any other. */
  readonly signsIn?: boolean;
}

/** Resolves with an answer of the 200s, rejects with a `RallyError`. */
export type Http = (method: string, path: string, request?: HttpRequest) => Promise<Answer>;

export function createHttp({ environment, session, transport, renewal, seen }: HttpParts): Http {
  const pause = (ms: number) => new Promise<void>((resolve) => void environment.setTimer(resolve, ms));
  return async (method, path, { body, signsIn = false } = {}) => {
    const isRead = method === 'GET';
    const done = { renewed: signsIn, proved: false, forgotten: false };
    let tries = 0;
    for (;;) {
      const { mark, csrfToken } = session;
      const after = isRead ? seen.newest : '';
      const answer = await transport(method, path, {
        body,
        headers: after === '' ? {} : { 'x-rally-after': after },
      });
      const { status, retryAfterMs } = answer;
      if (status < 300) return answer;
      if (status === 401 && !done.renewed) {
        done.renewed = true;
        if (await renewal.renew(mark)) continue;
        throw new RallyError('signed_out', 'Sign in to do this.', { status });
      }
      // Another tab has signed in between looking at the cookie and sending it.
      if (status === 403 && !done.proved && session.csrfToken !== csrfToken) {
        done.proved = true;
        continue;
      }
      if (after !== '' && !done.forgotten && isUnknownPlace(answer)) {
        done.forgotten = true;
        seen.forget(after);
        continue;
      }
      if (isRead && retryAfterMs !== null && retryAfterMs <= LONGEST_WAIT_MS && tries < TRIES) {
        tries += 1;
        await pause(retryAfterMs * (1 + environment.random() / 2));
        continue;
      }
      throw refusalOf(answer);
    }
  };
}
