import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as domain from '../../domain/username.ts';
import { isUsername, USERNAME_LIMIT, usernameKey } from '../../protocol/scalars.ts';
import { userKey } from '../../read-models/user-key.ts';

/** The domain imports nothing, so it says for itself what the contract says; and the database cannot hold every text. */
it('a username is the same to the domain, the contract and the read models', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.stringMatching(/^[A-Za-z0-9_.@+-]{1,60}$/),
  );
  fc.assert(
    fc.property(text, (name) => {
      expect(domain.isUsername(name)).toBe(isUsername(name));
      expect(domain.usernameKey(name)).toBe(usernameKey(name));
      if (isUsername(name)) expect(userKey(name)).toBe(usernameKey(name));
    }),
  );
  expect(domain.isUsername('x'.repeat(USERNAME_LIMIT))).toBe(true);
  expect(domain.isUsername('x'.repeat(USERNAME_LIMIT + 1))).toBe(false);
});
