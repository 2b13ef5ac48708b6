import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits, fit for cookies and headers. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** What is kept of a secret: enough to recognise it. Random secrets need no slow hash. */
export const secretHash = (secret: string): Buffer => createHash('sha256').update(secret).digest();
