import type { LogIn } from './log-in.ts';
import type { Sessions } from './session.ts';
import type { SessionRenewal } from './session-renewal.ts';
import type { SignUp } from './sign-up.ts';
import type { SessionEnd } from './stored-sessions.ts';

/**
 * Who may sign in, and who is signed in. Every function rejects with `SessionsUnavailable` when the database is away;
 * signups, logins and renewals, which wait in `LANES`, also with `Overloaded` and `Abandoned`. Renewals and ends of
 * sessions are published on `SESSION_CHANGED`.
 */
export interface Accounts extends Sessions {
  readonly signUp: SignUp;
  readonly logIn: LogIn;
  readonly acceptsRefresh: SessionRenewal['accepts'];
  readonly refresh: SessionRenewal['renew'];
  readonly logOut: SessionEnd['logOut'];
}
