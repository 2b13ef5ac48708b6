import { createDecipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seal, unseal } from '../../platform/sealing/seal.ts';

const KEY = Buffer.alloc(32, 7);
const [ID, TYPE] = ['0B0F2A52-7f3c-4d7e-9a39-5c1f7a2f6a01', 'MessageSent'];
const words = fc.dictionary(fc.string(), fc.string({ unit: 'grapheme' }));

describe('what is sealed', () => {
  it('opens as what it was, whatever the case of its id', () => {
    fc.assert(
      fc.property(words, (fields) => {
        expect(unseal(seal(fields, KEY, ID, TYPE), KEY, ID.toLowerCase(), TYPE)).toEqual(fields);
      }),
    );
  });

  it('is what RFC 8439 says, by another implementation', () => {
    fc.assert(
      fc.property(words, (fields) => {
        const bytes = Buffer.from(seal(fields, KEY, ID, TYPE), 'base64url');
        const options = { authTagLength: 16 };
        const decipher = createDecipheriv('chacha20-poly1305', KEY, bytes.subarray(0, 12), options);
        const sealed = bytes.subarray(12, -16);
        decipher.setAAD(Buffer.from(`${ID.toLowerCase()} ${TYPE}`), { plaintextLength: sealed.length });
        decipher.setAuthTag(bytes.subarray(-16));
        expect(JSON.parse(`${decipher.update(sealed, undefined, 'utf8')}${decipher.final('utf8')}`)).toEqual(
          fields,
        );
      }),
    );
  });

  it('never looks the same twice', () => {
    const fields = { content: 'hello' };
    const texts = Array.from({ length: 1000 }, () => seal(fields, KEY, ID, TYPE));
    expect(new Set(texts.map((text) => text.slice(0, 16))).size).toBe(1000);
  });

  it('does not open with another key, for another event, of another type, or changed', () => {
    const text = seal({ content: 'hello' }, KEY, ID, TYPE);
    expect(() => unseal(text, Buffer.alloc(32, 8), ID, TYPE)).toThrow();
    expect(() => unseal(text, KEY, ID.replace('0', '1'), TYPE)).toThrow();
    expect(() => unseal(text, KEY, ID, 'ProfileUpdated')).toThrow();
    const bytes = Buffer.from(text, 'base64url');
    for (const at of bytes.keys()) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(() => unseal(changed.toString('base64url'), KEY, ID, TYPE)).toThrow();
      expect(() => unseal(bytes.subarray(0, at).toString('base64url'), KEY, ID, TYPE)).toThrow();
    }
  });
});
