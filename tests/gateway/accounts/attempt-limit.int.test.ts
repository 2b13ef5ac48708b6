import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { Kysely } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AttemptLimit, createAttemptLimit } from '../../../gateway/accounts/attempt-limit.ts';
import { type AccountsDatabase, SCHEMA } from '../../../gateway/accounts/schema.ts';
import { preparedDialect } from '../../../platform/postgres/prepared-dialect.ts';
import { type AccountsFixture, openTestAccounts } from './accounts-fixture.ts';

const LIMIT = 3;
let fixture: AccountsFixture;
let limit: AttemptLimit;
let address: string;
let logLines: string[];

beforeAll(async () => {
  fixture = await openTestAccounts();
});
afterAll(() => fixture.close());
beforeEach(() => {
  address = randomUUID();
  logLines = [];
  const { pool, clock } = fixture;
  const db = new Kysely<AccountsDatabase>({ dialect: preparedDialect(pool) }).withSchema(SCHEMA);
  const logger = pino(new Writable({ write: (line, _, done) => done(void logLines.push(String(line))) }));
  limit = createAttemptLimit({ db, clock, logger, name: 'tries', limit: LIMIT, windowS: 60 });
});

const attempt = (result = 'counts', work: () => Promise<unknown> = async () => {}) =>
  limit.count(
    { address },
    async () => {
      await work();
      return { outcome: result };
    },
    ({ outcome }) => outcome === 'counts',
  );
const attempts = async (times: number, result?: string) =>
  (await Promise.all(Array.from({ length: times }, () => attempt(result)))).map(({ outcome }) => outcome);
/** How many more there is room for. */
const room = async () => (await attempts(20)).filter((outcome) => outcome === 'counts').length;

describe('an attempt limit', () => {
  it('lets so many through in a window, one after the other or at once', async () => {
    expect(await room()).toBe(LIMIT);
    expect(await room()).toBe(0);
    fixture.passSeconds(60);
    expect(await room()).toBe(LIMIT);
  });

  it('says when the window ends', async () => {
    await attempt();
    fixture.passSeconds(20);
    await attempts(2);
    expect(await attempt()).toEqual({ outcome: 'rate_limited', retryAfterMs: 40_000 });
  });

  it('gives back what does not count', async () => {
    for (let n = 0; n < 10; n += 1) expect(await attempt('was none')).toEqual({ outcome: 'was none' });
    expect(await room()).toBe(LIMIT);
  });

  it('gives back what rejects, and rejects as it does', async () => {
    const fail = () => attempt('counts', () => Promise.reject(new Error('too much to do')));
    for (let n = 0; n < 10; n += 1) await expect(fail()).rejects.toThrow('too much to do');
    expect(await room()).toBe(LIMIT);
  });

  it('does not count those that it turns away, whatever becomes of those under way', async () => {
    let fail = () => {};
    const failed = new Promise<void>((_, reject) => {
      fail = () => reject(new Error('too much to do'));
    });
    let begun = 0;
    const work = () => {
      begun += 1;
      return failed;
    };
    const underWay = Promise.allSettled(Array.from({ length: LIMIT }, () => attempt('counts', work)));
    await expect.poll(() => begun).toBe(LIMIT);
    expect(await attempts(30)).toEqual(Array(30).fill('rate_limited'));
    fail();
    await underWay;
    expect(await room()).toBe(LIMIT);
  });

  it('gives nothing back to a later window', async () => {
    await attempt('was none', async () => {
      fixture.passSeconds(60);
      expect(await room()).toBe(LIMIT);
    });
    expect(await room()).toBe(0);
  });

  it('starts anew when it is cleared', async () => {
    await attempts(LIMIT);
    await limit.clear({ address });
    expect(await room()).toBe(LIMIT);
  });

  it('rejects without doing the work when the database is away', async () => {
    const away = await openTestAccounts();
    await away.close();
    let done = 0;
    const db = new Kysely<AccountsDatabase>({ dialect: preparedDialect(away.pool) }).withSchema(SCHEMA);
    const { clock, logger } = away;
    const unable = createAttemptLimit({ db, clock, logger, name: 'tries', limit: LIMIT, windowS: 60 });
    const work = async () => {
      done += 1;
      return {};
    };
    await expect(unable.count({ address }, work, () => true)).rejects.toThrow();
    expect(done).toBe(0);
  });

  it('leaves nothing behind but windows that go on', async () => {
    for (let n = 0; n < 30; n += 1) {
      address = randomUUID();
      await attempt();
    }
    fixture.passSeconds(61);
    for (let n = 0; n < 30; n += 1)
      await limit.count(
        { address: randomUUID() },
        async () => {},
        () => false,
      );
    const { rows } = await fixture.pool.query('select * from accounts.attempt_windows');
    expect(rows).toEqual([]);
  });
});

describe('the log', () => {
  const warnings = () => logLines.map((line) => JSON.parse(line));

  it('is told once a window that the limit was reached, of nobody but the address', async () => {
    for (let n = 0; n < 3; n += 1) expect(await room()).toBe(n === 0 ? LIMIT : 0);
    expect(warnings()).toEqual([
      expect.objectContaining({ level: 40, msg: 'limit reached', limit: 'tries', address, windowS: 60 }),
    ]);
    fixture.passSeconds(60);
    await room();
    expect(warnings()).toHaveLength(2);
  });

  it('is told nothing of the name that was tried', async () => {
    const identifier = 'somebody@example.com';
    const tries = Array.from({ length: 9 }, () =>
      limit.count(
        { address, identifier },
        async () => {},
        () => true,
      ),
    );
    await Promise.all(tries);
    expect(warnings()).toHaveLength(1);
    expect(logLines.join()).not.toContain('somebody');
  });

  it('is told nothing while there is room', async () => {
    await attempts(LIMIT);
    expect(warnings()).toEqual([]);
  });
});
