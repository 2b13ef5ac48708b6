/** What an access token says about who is asking. */
export interface Session {
  /** The refresh-token family: one per login. */
  readonly sessionId: string;
  /** As registered. */
  readonly username: string;
  /** When the access token stops working. */
  readonly expiresAt: Date;
}

/** null: the token is not ours, has expired, or its session has ended. Rejects when that cannot be found out. */
export type Authenticate = (accessToken: string) => Promise<Session | null>;
