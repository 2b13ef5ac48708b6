import { Abandoned } from '../../platform/concurrency-limit.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { SendCommand } from '../command-client.ts';
import type { AttemptLimit, LimitReached } from './attempt-limit.ts';
import type { NameClaim, NameClaims, TakenField } from './name-claims.ts';
import type { Passwords } from './passwords.ts';
import type { Client } from './session.ts';
import type { SignedIn } from './session-tokens.ts';

export interface SignUpRequest {
  readonly username: string;
  readonly email: string;
  readonly password: string;
  readonly client: Client;
  readonly correlationId: string;
}

type SignUpResult =
  /** `position`: where in the log the user is registered. */
  | { readonly outcome: 'signed_up'; readonly signedIn: SignedIn; readonly position: bigint }
  | { readonly outcome: 'taken'; readonly fields: readonly TakenField[] }
  /** Perhaps registered, but no account yet: the same signup can be repeated. */
  | { readonly outcome: 'refused'; readonly code: ErrorCode; readonly retryAfterMs?: number | undefined };

export type SignUpOutcome = SignUpResult | LimitReached;

export type SignUp = (request: SignUpRequest) => Promise<SignUpOutcome>;

export interface SignUpOptions {
  /** Of one address. */
  readonly limit: AttemptLimit;
  readonly claims: NameClaims;
  readonly takenFields: (wanted: SignUpRequest) => Promise<readonly TakenField[]>;
  readonly passwords: Passwords;
  readonly sendCommand: SendCommand;
}

/**
 * First the claim on name and email, then the user in the log, then the account. Wherever it dies, repeating it goes
 * on: the claim keeps the command id, so the log registers the name once.
 *
 * An account counts against the limit, and so does a name or email that is taken: who is told so has learned something.
 */
export function createSignUp(options: SignUpOptions): SignUp {
  const { limit, claims, takenFields, passwords, sendCommand } = options;
  return (request) =>
    limit.count(
      { address: request.client.address },
      () => signUp(request),
      ({ outcome }) => outcome !== 'refused',
    );

  async function signUp(request: SignUpRequest): Promise<SignUpResult> {
    const { username, email, password, client, correlationId } = request;
    // Asked before hashing, so that a taken name costs nothing; the claim decides.
    const fields = await takenFields(request);
    if (fields.length > 0) return { outcome: 'taken', fields };
    const passwordHash = await passwords.hash(password);
    if (client.hasGone()) throw new Abandoned('whoever signed up has gone');
    const claimed = await claims.claim({ username, email, passwordHash });
    return claimed.outcome === 'claimed' ? register(claimed.claim, correlationId) : claimed;
  }

  async function register(claim: NameClaim, correlationId: string): Promise<SignUpResult> {
    const reply = await sendCommand(
      { type: 'register_user' },
      { actor: claim.username, commandId: claim.registrationId, correlationId },
    );
    if (reply.outcome === 'accepted') {
      const signedIn = await claims.activate(claim);
      return signedIn
        ? { outcome: 'signed_up', signedIn, position: BigInt(reply.position) }
        : { outcome: 'taken', fields: ['username'] };
    }
    if (reply.code !== 'username_taken') return reply;
    await claims.withdraw(claim);
    return { outcome: 'taken', fields: ['username'] };
  }
}
