import type { Passwords, Verification } from '../../../gateway/accounts/passwords.ts';

/** Passwords that cost nothing, and a count of what they would have cost. */
export class CountedPasswords implements Passwords {
  hashes = 0;
  verifications = 0;
  /** Every verification waits for it. */
  gate: Promise<unknown> = Promise.resolve();
  /** Instead of being verified, passwords are refused with it. */
  refusal: Error | null = null;

  async hash(password: string): Promise<string> {
    this.hashes += 1;
    return `hash of ${password}`;
  }

  async verify(passwordHash: string, password: string): Promise<Verification> {
    this.verifications += 1;
    await this.gate;
    if (this.refusal) throw this.refusal;
    return { matches: passwordHash === `hash of ${password}` };
  }
}
