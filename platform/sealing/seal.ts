import { createDecipheriv } from 'node:crypto';
import sodium from 'sodium-native';
import { type Data, GCM } from './personal-data.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * As a text, base64url of nonce, ciphertext and tag: ChaCha20-Poly1305 of RFC 8439. `eventId` and `type` are bound to it: moved to another
 * event, it does not open.
 */
export function seal(fields: Data, key: Buffer, eventId: string, type: string): string {
  const plain = Buffer.from(JSON.stringify(fields));
  const bytes = Buffer.allocUnsafe(NONCE_BYTES + plain.length + TAG_BYTES);
  const nonce = bytes.subarray(0, NONCE_BYTES);
  sodium.randombytes_buf(nonce);
  const sealed = bytes.subarray(NONCE_BYTES);
  sodium.crypto_aead_chacha20poly1305_ietf_encrypt(sealed, plain, boundTo(eventId, type), null, nonce, key);
  return bytes.toString('base64url');
}

/** Throws when it was sealed with another key, for another event, or has been changed since. */
export function unseal(text: string, key: Buffer, eventId: string, type: string): Data {
  if (text.startsWith(GCM)) return unsealGcm(text.slice(GCM.length), key, eventId, type);
  const bytes = Buffer.from(text, 'base64url');
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const sealed = bytes.subarray(NONCE_BYTES);
  // Where it stood: nobody else has these bytes.
  const plain = sealed.subarray(0, sealed.length - TAG_BYTES);
  sodium.crypto_aead_chacha20poly1305_ietf_decrypt(plain, null, sealed, boundTo(eventId, type), nonce, key);
  return JSON.parse(plain.toString());
}

/** Base64url of nonce, tag and ciphertext. */
function unsealGcm(text: string, key: Buffer, eventId: string, type: string): Data {
  const bytes = Buffer.from(text, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(boundTo(eventId, type));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const opened = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
  decipher.final();
  return JSON.parse(opened.toString());
}

const boundTo = (eventId: string, type: string): Buffer => Buffer.from(`${eventId.toLowerCase()} ${type}`);
