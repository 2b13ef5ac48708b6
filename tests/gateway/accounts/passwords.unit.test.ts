import { describe, expect, it } from 'vitest';
import { createPasswords } from '../../../gateway/accounts/passwords.ts';
import { SessionsUnavailable } from '../../../gateway/accounts/session.ts';

describe('passwords', () => {
  it('are Argon2id hashes of the recommended cost, salted', async () => {
    const { hash, verify } = createPasswords();
    const [first, second] = [await hash('correct horse 7'), await hash('correct horse 7')];
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(first).not.toBe(second);
    expect(await verify(first, 'correct horse 7')).toBe(true);
    expect(await verify(first, 'correct horse 8')).toBe(false);
  });

  it('are not queued without end', async () => {
    const { hash } = createPasswords({ atOnce: 1, waiting: 3 });
    const all = await Promise.allSettled(Array.from({ length: 10 }, () => hash('a')));
    const refused = all.filter((result) => result.status === 'rejected');
    expect(refused.length).toBeGreaterThanOrEqual(6);
    expect(refused.length).toBeLessThanOrEqual(7);
    expect(refused.every(({ reason }) => reason instanceof SessionsUnavailable)).toBe(true);
    expect(await hash('a')).toMatch(/^\$argon2id/);
  });
});
