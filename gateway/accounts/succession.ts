import { createHmac, hkdfSync, randomBytes } from 'node:crypto';

/**
 * Which token comes after which. It follows from the token that was spent, the salt that is kept with its hash, and the secret of
 * the gateways: whoever brings the spent token again can be given the same one again, although only hashes are stored. Two of the
 * three tell nothing of it, so neither the database nor a stolen token leads to the tokens that come after.
 */
export interface Succession {
  newSalt(): Buffer;
  successorOf(refreshToken: string, salt: Buffer): string;
}

const SALT_BYTES = 16;
const KEY_BYTES = 32;

/** With another secret, the successors are others. */
export function createSuccession(secret: string): Succession {
  // A key of its own: what signs access tokens does nothing else.
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'rally refresh token successor', KEY_BYTES));
  return {
    newSalt: () => randomBytes(SALT_BYTES),
    successorOf: (refreshToken, salt) =>
      createHmac('sha256', key).update(salt).update(refreshToken).digest('base64url'),
  };
}
