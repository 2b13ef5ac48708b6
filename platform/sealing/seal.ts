import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Data } from './personal-data.ts';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const TAG = { authTagLength: TAG_BYTES };

/**
 * As a text, base64url of nonce, tag and ciphertext. `eventId` and `type` are bound to it: moved to another event, it does not open.
 */
export function seal(fields: Data, key: Buffer, eventId: string, type: string): string {
  const nonce = nextNonce();
  const cipher = createCipheriv(CIPHER, key, nonce, TAG);
  cipher.setAAD(boundTo(eventId, type));
  const sealed = cipher.update(JSON.stringify(fields), 'utf8');
  cipher.final();
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** Throws when it was sealed with another key, for another event, or has been changed since. */
export function unseal(text: string, key: Buffer, eventId: string, type: string): Data {
  const bytes = Buffer.from(text, 'base64url');
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), TAG);
  decipher.setAAD(boundTo(eventId, type));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const opened = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
  decipher.final();
  return JSON.parse(opened.toString());
}

let random = Buffer.alloc(0);

/** Random bytes cost by the call, and nearly nothing by the byte. */
function nextNonce(): Buffer {
  if (random.length === 0) random = randomBytes(512 * NONCE_BYTES);
  const nonce = random.subarray(0, NONCE_BYTES);
  random = random.subarray(NONCE_BYTES);
  return nonce;
}

const boundTo = (eventId: string, type: string): Buffer => Buffer.from(`${eventId.toLowerCase()} ${type}`);
