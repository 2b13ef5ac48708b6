import { type Session, type Sessions, SessionsUnavailable } from '../../../gateway/accounts/session.ts';

/** Sessions whose access token is their id. */
export class TestSessions implements Sessions {
  readonly #byId = new Map<string, Session>();
  unavailable = false;
  lookUps = 0;
  /** Answers wait for this. */
  answers: Promise<void> = Promise.resolve();

  start(sessionId: string, username: string, expiresAt: Date): void {
    this.#byId.set(sessionId, { sessionId, username, expiresAt });
  }

  end(sessionId: string): void {
    this.#byId.delete(sessionId);
  }

  authenticate(accessToken: string): Promise<Session | null> {
    return this.find(accessToken);
  }

  async find(sessionId: string): Promise<Session | null> {
    this.lookUps += 1;
    if (this.unavailable) throw new SessionsUnavailable('away');
    const session = this.#byId.get(sessionId) ?? null;
    await this.answers;
    return session;
  }
}
