import { hash as hashAsSent } from '@node-rs/argon2';
import { describe, expect, it } from 'vitest';
import { createPasswords } from '../../../gateway/accounts/passwords.ts';
import { Abandoned, Overloaded } from '../../../platform/concurrency-limit.ts';
import { clientAt } from './accounts-fixture.ts';

const PASSWORD = 'correct horse 7';
const client = clientAt('192.0.2.1');
const PATIENT = { running: 1, waiting: 1000, maxWaitMs: 60_000 };

describe('passwords', () => {
  it('are Argon2id hashes of the recommended cost, salted', async () => {
    const { hash, verify } = createPasswords();
    const [first, second] = [await hash(PASSWORD, client), await hash(PASSWORD, client)];
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(first).not.toBe(second);
    expect(await verify(first, PASSWORD, client)).toEqual({ matches: true });
    expect(await verify(first, 'correct horse 8', client)).toEqual({ matches: false });
  });
});

/** One word, as different systems write it. */
const COMPOSED = 'caf\u00e9 horse 7';
const DECOMPOSED = 'cafe\u0301 horse 7';

describe('a password', () => {
  it('is the same in whichever form it was sent when it was chosen, and is sent now', async () => {
    const { hash, verify } = createPasswords();
    for (const chosen of [COMPOSED, DECOMPOSED]) {
      const passwordHash = await hash(chosen, client);
      for (const sent of [COMPOSED, DECOMPOSED])
        expect(await verify(passwordHash, sent, client)).toEqual({ matches: true });
    }
  });

  it.each([
    ['as it was sent then', DECOMPOSED],
    ['in the other form', COMPOSED],
    ['in no form at all', 'cafe\u0301 horse 7'.replace('c', '\u212b') /* an Angstrom sign */],
  ])('whose hash was made before forms were one matches %s, and gets a new hash', async (_, sent) => {
    const { verify } = createPasswords();
    const before = sent === COMPOSED ? DECOMPOSED : sent;
    const { matches, newHash = '' } = await verify(await hashAsSent(before), sent, client);
    expect(matches).toBe(true);
    expect(await verify(newHash, sent, client)).toEqual({ matches: true });
    expect(await verify(await hashAsSent(before), `${sent}8`, client)).toEqual({ matches: false });
  });
});

/** Counts how many of them are done, until they are given up. */
function flood(times: number, work: (hasGone: () => boolean) => Promise<unknown>) {
  let gone = false;
  let done = 0;
  const count = () => {
    done += 1;
  };
  const all = Promise.allSettled(Array.from({ length: times }, () => work(() => gone).then(count)));
  return {
    done: () => done,
    giveUp: () => {
      gone = true;
      return all;
    },
  };
}

describe('hashing', () => {
  it('does not make logins wait for signups, however many there are', async () => {
    const { hash, verify } = createPasswords({ signUps: PATIENT, logins: PATIENT });
    const passwordHash = await hash(PASSWORD, client);
    const signUps = flood(300, (hasGone) => hash(PASSWORD, clientAt('198.51.100.1', hasGone)));
    expect(await verify(passwordHash, PASSWORD, client)).toEqual({ matches: true });
    expect(signUps.done()).toBeLessThan(300);
    await signUps.giveUp();
  });

  it('does not make one address wait for all that another one asked for', async () => {
    const { hash, verify } = createPasswords({ signUps: PATIENT, logins: PATIENT });
    const passwordHash = await hash(PASSWORD, client);
    const others = flood(300, (hasGone) =>
      verify(passwordHash, 'wrong 1', clientAt('198.51.100.1', hasGone)),
    );
    expect(await verify(passwordHash, PASSWORD, client)).toEqual({ matches: true });
    expect(others.done()).toBeLessThan(300);
    await others.giveUp();
  });

  it('begins nothing for clients that have gone', async () => {
    const { hash } = createPasswords({ signUps: PATIENT, logins: PATIENT });
    const signUps = flood(300, (hasGone) => hash(PASSWORD, clientAt('198.51.100.1', hasGone)));
    const results = await signUps.giveUp();
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.length).toBeGreaterThanOrEqual(299);
    expect(refused.every(({ reason }) => reason instanceof Abandoned)).toBe(true);
  });

  it.each([
    ['waits longer than anybody would', { ...PATIENT, maxWaitMs: 1 }],
    ['waits in too long a queue', { ...PATIENT, waiting: 3 }],
  ])('is refused when it %s', async (_, lane) => {
    const { hash, verify } = createPasswords({ signUps: lane, logins: lane });
    const passwordHash = await hash(PASSWORD, client);
    const lanes: (() => Promise<unknown>)[] = [
      () => hash(PASSWORD, client),
      () => verify(passwordHash, PASSWORD, client),
    ];
    for (const work of lanes) {
      const results = await Promise.allSettled(Array.from({ length: 50 }, work));
      const refused = results.filter((result) => result.status === 'rejected');
      expect(refused.length).toBeGreaterThan(0);
      expect(refused.length).toBeLessThan(50);
      expect(refused.every(({ reason }) => reason instanceof Overloaded)).toBe(true);
      await work();
    }
  });
});
