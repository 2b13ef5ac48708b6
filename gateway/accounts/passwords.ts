import { hash, verify } from '@node-rs/argon2';
import pLimit from 'p-limit';

/**
 * One-way password hashes, which cost so much that `LANES` bounds who asks for them: each takes a thread of Node's pool and
 * 19 MiB for some ten milliseconds.
 */
export interface Passwords {
  /** One at a time, so that of the pool's four threads, of which two logins take two, one stays free for tokens and files. */
  hash(password: string): Promise<string>;
  verify(passwordHash: string, password: string): Promise<Verification>;
}

export interface Verification {
  readonly matches: boolean;
  /** To be kept in place of the one that matched, which is of the password as some system writes it. */
  readonly newHash?: string;
}

/** OWASP's first choice for Argon2id (the library's default variant); memory in KiB. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** To be made once per process. */
export function createPasswords(): Passwords {
  const inTurn = pLimit(1);
  return {
    hash: (password) => inTurn(() => hash(normalized(password), COST)),
    verify: verifyInAnyForm,
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
