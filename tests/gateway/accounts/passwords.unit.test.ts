import { hash as hashAsSent } from '@node-rs/argon2';
import { describe, expect, it } from 'vitest';
import { createPasswords } from '../../../gateway/accounts/passwords.ts';

const PASSWORD = 'correct horse 7';

describe('passwords', () => {
  it('are Argon2id hashes of the recommended cost, salted', async () => {
    const { hash, verify } = createPasswords();
    const [first, second] = [await hash(PASSWORD), await hash(PASSWORD)];
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(first).not.toBe(second);
    expect(await verify(first, PASSWORD)).toEqual({ matches: true });
    expect(await verify(first, 'correct horse 8')).toEqual({ matches: false });
  });
});

/** One word, as different systems write it. */
const COMPOSED = 'caf\u00e9 horse 7';
const DECOMPOSED = 'cafe\u0301 horse 7';

describe('a password', () => {
  it('is the same in whichever form it was sent when it was chosen, and is sent now', async () => {
    const { hash, verify } = createPasswords();
    for (const chosen of [COMPOSED, DECOMPOSED]) {
      const passwordHash = await hash(chosen);
      for (const sent of [COMPOSED, DECOMPOSED])
        expect(await verify(passwordHash, sent)).toEqual({ matches: true });
    }
  });

  it.each([
    ['as it was sent then', DECOMPOSED],
    ['in the other form', COMPOSED],
    ['in no form at all', 'cafe\u0301 horse 7'.replace('c', '\u212b') /* an Angstrom sign */],
  ])('whose hash was made before forms were one matches %s, and gets a new hash', async (_, sent) => {
    const { verify } = createPasswords();
    const before = sent === COMPOSED ? DECOMPOSED : sent;
    const { matches, newHash = '' } = await verify(await hashAsSent(before), sent);
    expect(matches).toBe(true);
    expect(await verify(newHash, sent)).toEqual({ matches: true });
    expect(await verify(await hashAsSent(before), `${sent}8`)).toEqual({ matches: false });
  });
});
