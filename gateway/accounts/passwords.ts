import { hash, verify } from '@node-rs/argon2';
import pLimit from 'p-limit';
import { SessionsUnavailable } from './session.ts';

/** One-way password hashes. Both reject with `SessionsUnavailable` when too many are waiting already. */
export interface Passwords {
  hash(password: string): Promise<string>;
  verify(passwordHash: string, password: string): Promise<boolean>;
}

/** OWASP's first choice for Argon2id (the library's default variant); memory in KiB. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

export interface HashingLimits {
  /** Each takes a thread of Node's pool (of four by default) and 19 MiB for some milliseconds. */
  readonly atOnce: number;
  /** Beyond, the wait would be longer than people wait. */
  readonly waiting: number;
}

const LIMITS: HashingLimits = { atOnce: 2, waiting: 512 };

/** To be made once per process: the limits hold for all that it hashes, first come, first served. */
export function createPasswords({ atOnce, waiting } = LIMITS): Passwords {
  const inTurn = pLimit(atOnce);
  const queued = <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (inTurn.pendingCount >= waiting) throw new SessionsUnavailable('too many passwords to hash');
    return inTurn(work);
  };
  return {
    hash: async (password) => queued(() => hash(password, COST)),
    verify: async (passwordHash, password) => queued(() => verify(passwordHash, password)),
  };
}
