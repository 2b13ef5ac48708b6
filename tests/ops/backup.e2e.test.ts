import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { migrateAccounts } from '../../gateway/accounts/migrations.ts';
import { type AccountsDatabase, SCHEMA } from '../../gateway/accounts/schema.ts';
import { NO_STREAM } from '../../platform/event-store/event-store.ts';
import { openPostgresEventStore } from '../../platform/event-store/postgres/postgres-event-store.ts';
import { streamOf } from '../../platform/event-store/stream-name.ts';
import { createPostgresPool } from '../../platform/postgres/postgres-pool.ts';
import { preparedDialect } from '../../platform/postgres/prepared-dialect.ts';
import { silent } from '../projection-service/read-side.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { type OperatedStore, STORES } from './both-stores.ts';
import { runRallyCommand, startRallyCommand } from './rally-command.ts';

const ACCOUNTS = 5000;
const EVENTS = 2000;
/** What COPY and JSON write in another way. */
const ODD = 'a\tb\\n\n\u0000 ✓ "quoted" \\.';

/** With a signup a day, a session for each, and as many `events`. */
async function fill({ pool, store }: OperatedStore, events: number): Promise<void> {
  await migrateAccounts(new Kysely<AccountsDatabase>({ dialect: preparedDialect(pool) }).withSchema(SCHEMA));
  await pool.query(
    `insert into accounts.accounts (user_key, username, registration_id, password_hash, claimed_at)
     select 'u' || n, 'U' || n, gen_random_uuid(), $1, '2026-01-01'::timestamptz + n * interval '1 day'
     from generate_series(1, $2::int) n`,
    [ODD.replaceAll('\u0000', ''), ACCOUNTS],
  );
  await pool.query(
    `insert into accounts.sessions (session_id, user_key, expires_at, refreshable_until)
     select gen_random_uuid(), user_key, claimed_at, claimed_at from accounts.accounts`,
  );
  const date = '2026-01-01T00:00:00.000Z';
  await Promise.all(
    Array.from({ length: events }, (_, n) => {
      const id = `b4b7c5d8-6b1e-4f0e-9a53-${String(n).padStart(12, '0')}`;
      const metadata = {
        commandId: id,
        correlationId: id,
        causationId: id,
        actor: 'Ann',
        schemaVersion: '1',
      };
      const data = { username: `u${n}`, nickname: ODD, avatar: '', date };
      return store.append(streamOf('user', `u${n}`), NO_STREAM, [
        { id, event: { type: 'UserRegistered', data }, metadata },
      ]);
    }),
  );
}

/** Of all rows of what is backed up, as the database writes them. */
async function digest(url: string, tables: readonly string[]): Promise<string> {
  const pool = createPostgresPool({ url, applicationName: 'test', max: 1, logger: silent });
  const hash = createHash('sha256');
  for (const table of tables) {
    const { rows } = await pool.query<{ row: string }>(`select t::text as row from ${table} t order by 1`);
    hash.update(`${table} ${rows.length}\n${rows.map(({ row }) => row).join('\n')}`);
  }
  await pool.end();
  return hash.digest('hex');
}

const KEPT = ['accounts.accounts', 'accounts.sessions'];

describe.each(STORES)('rally backup and restore, the log in %s', (name, open) => {
  const withLog = name === 'PostgreSQL';
  const flags = withLog ? [] : ['--without-log'];
  const tables = withLog ? ['event_log.events', ...KEPT] : KEPT;
  let operated: OperatedStore;
  let home = '';
  let backup = '';
  beforeAll(async () => {
    operated = await open();
    await fill(operated, withLog ? EVENTS : 1);
    home = await mkdtemp(join(tmpdir(), 'rally-backup-'));
    backup = join(home, 'backup');
    expect(await runRallyCommand(operated.environment, 'backup', backup, ...flags)).toMatchObject({
      code: 0,
    });
  });
  afterAll(async () => {
    await operated.close();
    await rm(home, { recursive: true, force: true });
  });

  async function emptyDatabase() {
    const { url, drop } = await createTestDatabase();
    onTestFinished(drop);
    return { url, environment: { ...operated.environment, DATABASE_URL: url } };
  }

  it('writes files that only their owner can read, and nothing beside them', async () => {
    expect(await readdir(home)).toEqual(['backup']);
    for (const file of await readdir(backup))
      expect((await stat(join(backup, file))).mode & 0o777).toBe(0o600);
    expect((await stat(backup)).mode & 0o777).toBe(0o700);
  });

  it('restores every row as it was, once', async () => {
    const { url, environment } = await emptyDatabase();
    const restored = await runRallyCommand(environment, '--json', 'restore', backup);
    expect(restored).toMatchObject({ code: 0, stderr: '' });
    expect(await digest(url, tables)).toBe(await digest(operated.databaseUrl, tables));
    expect(await runRallyCommand(environment, 'restore', backup)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^rally: the database holds a Rally already [^\n]*\n$/),
    });
  });

  it('refuses what is damaged', async () => {
    const { environment } = await emptyDatabase();
    for (const file of ['manifest.json', `${tables[0]}.copy.gz`]) {
      const path = join(backup, file);
      const sound = await readFile(path);
      const damaged = Buffer.from(sound);
      const at = Math.floor(damaged.length / 2);
      damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at);
      await writeFile(path, damaged);
      expect(await runRallyCommand({}, 'backup', 'verify', backup)).toMatchObject({ code: 3, stdout: '' });
      expect(await runRallyCommand(environment, 'restore', backup)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^rally: [^\n]*damaged: use another backup\n$/),
      });
      await writeFile(path, sound);
    }
    expect(await runRallyCommand({}, 'backup', 'verify', backup)).toMatchObject({ code: 0 });
  });

  it('does not write over what is there', async () => {
    expect(await runRallyCommand(operated.environment, 'backup', backup, ...flags)).toMatchObject({
      code: 1,
      stderr: `rally: ${backup} is there already: name another one\n`,
    });
  });

  it.runIf(!withLog)('says who backs up the log', async () => {
    const refused = await runRallyCommand(operated.environment, 'backup', join(home, 'other'));
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^rally: the log is in EventStoreDB: [^\n]*--without-log\n$/);
  });

  it('gives the log another identity', async () => {
    const before = await operated.store.identity();
    const renewed = await runRallyCommand(operated.environment, 'log', 'renew-identity');
    const after = await operated.store.identity();
    expect(after).not.toBe(before);
    expect(renewed).toEqual({
      ...renewed,
      code: 0,
      stdout: `The identity of the log is ${after} from now on.\n`,
      stderr: '',
    });
  });

  it.runIf(withLog)('killed at any time, both can be started again', async () => {
    const target = join(home, 'killed');
    const { url, environment } = await emptyDatabase();
    const startedAt = performance.now();
    const again = join(home, 'again');
    expect(await runRallyCommand(operated.environment, 'backup', again)).toMatchObject({ code: 0 });
    const wholeMs = performance.now() - startedAt;
    const killLater = async (command: ReturnType<typeof startRallyCommand>) => {
      const timer = setTimeout(() => command.signal('SIGKILL'), wholeMs * (0.5 + Math.random() / 2));
      const result = await command.exited;
      clearTimeout(timer);
      return result.code;
    };
    for (let round = 0; round < 4; round += 1) {
      const code = await killLater(startRallyCommand(operated.environment, 'backup', target));
      const isThere = (await readdir(home)).includes('killed');
      if (code === 0) expect(isThere).toBe(true);
      if (isThere) expect(await runRallyCommand({}, 'backup', 'verify', target)).toMatchObject({ code: 0 });
      await rm(target, { recursive: true, force: true });
    }
    expect(await runRallyCommand(operated.environment, 'backup', target)).toMatchObject({ code: 0 });
    expect((await readdir(home)).filter((entry) => entry.endsWith('.part'))).toEqual([]);

    for (let round = 0; round < 4; round += 1)
      await killLater(startRallyCommand(environment, 'restore', target));
    // It may have been done already when it was killed.
    expect((await runRallyCommand(environment, 'restore', target)).code).toBeLessThanOrEqual(1);
    expect(await digest(url, tables)).toBe(await digest(operated.databaseUrl, tables));
  });
});

it('what was written by a newer Rally is not restored by halves', async () => {
  const { url, drop } = await createTestDatabase();
  onTestFinished(drop);
  const store = await openPostgresEventStore({ url, logger: silent });
  await store.close();
  const pool = createPostgresPool({ url, applicationName: 'test', max: 1, logger: silent });
  await migrateAccounts(new Kysely<AccountsDatabase>({ dialect: preparedDialect(pool) }).withSchema(SCHEMA));
  await pool.query(`insert into accounts.kysely_migration values ('9999-of-tomorrow', '9999')`);
  await pool.end();
  const home = await mkdtemp(join(tmpdir(), 'rally-backup-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const backup = join(home, 'backup');
  expect(await runRallyCommand({ DATABASE_URL: url }, 'backup', backup)).toMatchObject({ code: 0 });
  const { stderr, code } = await runRallyCommand({ DATA_DIR: join(home, 'data') }, 'restore', backup);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^rally: the backup is of a newer Rally [^\n]*\n$/);
  expect(await readdir(home)).toEqual(['backup']);
});
