import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { openAccounts } from '../../../gateway/accounts/accounts.ts';
import { LANES, type Lanes } from '../../../gateway/accounts/lanes.ts';
import type { Client } from '../../../gateway/accounts/session.ts';
import type { SignedIn } from '../../../gateway/accounts/session-tokens.ts';
import { createPostgresPool } from '../../../platform/postgres/postgres-pool.ts';
import { createTestDatabase } from '../../support/test-database.ts';
import { CountedPasswords } from './counted-passwords.ts';
import { RecordingBus } from './recording-bus.ts';
import { UserLog } from './user-log.ts';

export const PASSWORD = 'correct horse 7';

export const configuration = {
  JWT_SECRET: 'a secret of at least thirty-two characters',
  ACCESS_TOKEN_TTL_S: 900,
  REFRESH_TOKEN_TTL_S: 7200,
  REFRESH_GRACE_S: 10,
  LOGIN_LIMIT: 3,
  LOGIN_WINDOW_S: 60,
  SIGNUP_LIMIT: 1_000_000,
  SIGNUP_WINDOW_S: 60,
};

/** Lanes in which nothing is refused because the machine is slow. */
const patience = { waiting: 1000, maxWaitMs: 60_000 };
const UNHURRIED: Lanes = {
  signUps: { ...LANES.signUps, ...patience },
  logins: { ...LANES.logins, ...patience },
  renewals: { ...LANES.renewals, ...patience },
};

export const clientAt = (address: string, hasGone = () => false): Client => ({ address, hasGone });

export type AccountsFixture = Awaited<ReturnType<typeof openTestAccounts>>;

/** Accounts on a real database of their own, with a clock that tests move. */
export async function openTestAccounts(settings: Partial<typeof configuration> = {}) {
  const database = await createTestDatabase();
  const logLines: string[] = [];
  const logger = pino(new Writable({ write: (line, _, done) => done(void logLines.push(String(line))) }));
  const pool = createPostgresPool({ url: database.url, applicationName: 'accounts test', max: 10, logger });
  const time = { now: new Date('2026-03-01T12:00:00.250Z') };
  const parts = {
    pool,
    bus: new RecordingBus(),
    log: new UserLog(),
    passwords: new CountedPasswords(),
    lanes: UNHURRIED,
    clock: () => time.now,
    newId: () => randomUUID(),
    logger,
    configuration: { ...configuration, ...settings },
  };
  const open = () => openAccounts({ ...parts, sendCommand: parts.log.send });
  const accounts = await open();
  return {
    ...parts,
    accounts,
    /** Another gateway on the same database. */
    open,
    passSeconds(seconds: number) {
      time.now = new Date(time.now.getTime() + seconds * 1000);
    },
    signUp: (
      username: string,
      email = `${username}@example.com`,
      password = PASSWORD,
      client = clientAt('192.0.2.1'),
    ) => accounts.signUp({ username, email, password, client, correlationId: randomUUID() }),
    async signedUp(username: string): Promise<SignedIn> {
      const result = await this.signUp(username);
      if (result.outcome !== 'signed_up') throw new Error(`signup: ${result.outcome}`);
      return result.signedIn;
    },
    logIn: (identifier: string, password = PASSWORD, address = '192.0.2.1') =>
      accounts.logIn({ identifier, password, client: clientAt(address) }),
    refresh: (refreshToken: string, gateway = accounts) =>
      gateway.refresh({ refreshToken, client: clientAt('192.0.2.9') }),
    /** What the log was told at `warn` or above. */
    warnings: () => logLines.map((line) => JSON.parse(line)).filter(({ level }) => level >= 40),
    async close() {
      await pool.end();
      await database.drop();
    },
  };
}
