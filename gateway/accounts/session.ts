/** Who is asking, signed in or not. */
export interface Client {
  /** As `ClientAddressOf` names it. */
  readonly address: string;
  /** Nobody waits for the answer any more. */
  readonly hasGone: () => boolean;
}

/** What is known of who is signed in. */
export interface Session {
  /** The refresh-token family: one per login. */
  readonly sessionId: string;
  /** As registered. */
  readonly username: string;
  /** When the session's newest access token stops working. */
  readonly expiresAt: Date;
}

/** How the rest of the gateway sees accounts. Rejects with `SessionsUnavailable` when it cannot be found out. */
export interface Sessions {
  /** null: the token is not ours, has expired, or its session has ended. */
  authenticate(accessToken: string): Promise<Session | null>;
  /** null: there is no such session, or it has ended. */
  find(sessionId: string): Promise<Session | null>;
}

export class SessionsUnavailable extends Error {
  override readonly name = 'SessionsUnavailable';
}
