import { hash, verify } from '@node-rs/argon2';
import { ConcurrencyLimit, type ConcurrencyLimits } from '../../platform/concurrency-limit.ts';
import type { Client } from './session.ts';

/**
 * One-way password hashes, which cost so much that they have to wait for their turn. Fair by the client's address, and for
 * a client that has gone nothing is hashed.
 *
 * Both reject with `Overloaded` when too many are waiting or the turn does not come in time, and with `Abandoned`.
 */
export interface Passwords {
  /** For a signup. */
  hash(password: string, client: Client): Promise<string>;
  /** For a login. */
  verify(passwordHash: string, password: string, client: Client): Promise<Verification>;
}

export interface Verification {
  readonly matches: boolean;
  /** To be kept in place of the one that matched, which is of the password as some system writes it. */
  readonly newHash?: string;
}

/** OWASP's first choice for Argon2id (the library's default variant); memory in KiB. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

export interface HashingLanes {
  readonly signUps: ConcurrencyLimits;
  readonly logins: ConcurrencyLimits;
}

/** What waits longer is too late for whoever asked; about so many get their turn by then, so no more need to wait. */
const WAITING = { waiting: 128, maxWaitMs: 2000 };

/**
 * Each takes a thread of Node's pool and 19 MiB for some ten milliseconds; of the pool's four threads one is left for tokens
 * and files. Signups are anonymous and anybody can send them without end, so they have a lane of their own: however
 * many there are, a login waits for other logins only.
 */
const LANES: HashingLanes = { signUps: { running: 1, ...WAITING }, logins: { running: 2, ...WAITING } };

/** To be made once per process: the limits hold for all that it hashes. */
export function createPasswords(lanes = LANES): Passwords {
  const signUps = new ConcurrencyLimit(lanes.signUps);
  const logins = new ConcurrencyLimit(lanes.logins);
  return {
    hash: (password, { address, hasGone }) =>
      signUps.run(address, () => hash(normalized(password), COST), hasGone),
    verify: (passwordHash, password, { address, hasGone }) =>
      logins.run(address, () => verifyInAnyForm(passwordHash, password), hasGone),
  };
}

/** Systems write the same word in different code points: `é` is one or two. One form of them is hashed. */
const normalized = (password: string): string => password.normalize('NFC');

/**
 * Older hashes are of the password as it was sent, in whichever form that was. How many forms are tried depends on the
 * password that is offered alone, so the time of a wrong one tells nothing of the account.
 */
async function verifyInAnyForm(passwordHash: string, password: string): Promise<Verification> {
  if (await verify(passwordHash, normalized(password))) return { matches: true };
  const otherForms = new Set([password, password.normalize('NFD')]);
  otherForms.delete(normalized(password));
  for (const form of otherForms)
    if (await verify(passwordHash, form))
      return { matches: true, newHash: await hash(normalized(password), COST) };
  return { matches: false };
}
