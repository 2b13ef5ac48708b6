import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../local-cluster/free-port.ts';
import { NO_STREAM } from '../../platform/event-store/event-store.ts';
import { streamOf } from '../../platform/event-store/stream-name.ts';
import { openKeys } from '../../platform/keys/open-keys.ts';
import { migrateLiveness } from '../../platform/liveness/migrations.ts';
import { migrateLeases } from '../../platform/postgres/leases.ts';
import { migrateReadModels } from '../../read-models/migrate.ts';
import { schemaInUse } from '../../read-models/schema-name.ts';
import { messageSent } from '../event-store/events.ts';
import { startManaged } from '../support/managed-process.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { type OperatedStore, STORES } from './both-stores.ts';
import { startFakeProcess } from './fake-process.ts';
import { runRallyCommand } from './rally-command.ts';

interface Found {
  readonly check: string;
  readonly state: string;
  readonly seen: string;
  readonly advice: string | null;
}

async function doctor(environment: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const { code, stderr, json } = await runRallyCommand(environment, '--json', 'doctor', ...args);
  expect(stderr).toBe('');
  return { code, findings: (json() as { findings: Found[] }).findings };
}

const namedBy = (findings: readonly Found[], check: string) =>
  findings.filter((finding) => finding.check === check);

describe.each(STORES)('rally doctor, the log in %s', (_, open) => {
  let operated: OperatedStore;
  let schema: string;
  beforeAll(async () => {
    operated = await open();
    const { pool, store } = operated;
    schema = await schemaInUse(pool);
    await migrateReadModels(pool, schema);
    await migrateLeases(pool);
    await migrateLiveness(pool);
    await pool.query(`delete from liveness.kysely_migration where name like '0002%'`);
    await pool.query(`insert into leases.kysely_migration values ('9999-of-the-future', 'now')`);
    await store.append(streamOf('message', '1'), NO_STREAM, [
      { ...messageSent(), event: { ...messageSent().event } },
    ]);
    await pool.query(
      `insert into ${schema}.parked_events (position, stream, type, reason) values (0, 'a', 'b', 'c')`,
    );
    await pool.query(
      `insert into ${schema}.chats values (gen_random_uuid(), 'ann', 'bob', 1, 0, 0, 0, 1, 1),
        (gen_random_uuid(), 'ann', 'cid', 0, 1, 0, 0, 2, 2)`,
    );
  });
  afterAll(() => operated.close());

  it('names everything that it has found at once, and what to do', async () => {
    const gateway = await startFakeProcess({
      aheadMs: 60_000,
      metrics: [
        'rally_websocket_open_sockets 97',
        'rally_public_connections_limit 100',
        'rally_projection_behind_seconds 31',
      ].join('\n'),
    });
    const { code, findings } = await doctor(
      { ...operated.environment, OPS_URLS: gateway.url },
      '--min-free',
      '100',
    );
    await gateway.stop();
    const bad = Object.fromEntries(
      findings.filter(({ state }) => state === 'bad').map(({ check, seen }) => [check, seen]),
    );
    expect(code).toBe(3);
    expect(bad).toMatchObject({
      disk: expect.stringMatching(/ % of \d+ GB free at /),
      'schema accounts': 'is not there',
      'schema liveness': 'behind: 0002-last-seen has not been done',
      'schema leases': 'newer than this version: 9999-of-the-future',
      lag: expect.stringMatching(/^1 events behind, the oldest for [\d,]+ s$/),
      'parked events': '1',
      'keys of users': '2 of 2 who have said something have none',
      'lease of the projection': 'nobody holds it',
      'clock of gateway': expect.stringMatching(/^\d+(\.\d)? s ahead of this machine's$/),
      'sockets of gateway': '97 of 100',
      'lag of gateway': 'behind the log for 31 s',
    });
    expect(findings.filter(({ state, advice }) => state !== 'ok' && !advice)).toEqual([]);
    expect(namedBy(findings, 'event store')[0]).toMatchObject({ state: 'ok' });
    expect(namedBy(findings, 'PostgreSQL')[0]).toMatchObject({ state: 'ok' });
  });

  it('counts those whose keys are gone, and not those who were erased', async () => {
    const { pool, environment } = operated;
    const keys = openKeys(pool);
    await keys.destroy('ann');
    const erased = await doctor(environment);
    expect(namedBy(erased.findings, 'keys of users')).toMatchObject([
      { state: 'bad', seen: '1 of 2 who have said something have none' },
    ]);
    await keys.forSealing('cid');
    const whole = await doctor(environment);
    expect(namedBy(whole.findings, 'keys of users')).toMatchObject([
      { state: 'ok', seen: 'there, of 2 who have said something' },
    ]);
  });

  it('tells a person in a table', async () => {
    const { code, stdout } = await runRallyCommand(
      { ...operated.environment, OPS_URLS: `http://127.0.0.1:${await freePort()}` },
      'doctor',
    );
    expect(code).toBe(3);
    expect(stdout).toMatch(/parked events +│ bad +│ 1 +│ rally parked list/);
    expect(stdout).toMatch(/does not answer at/);
  });

  it('has top beside it, which shows each process, wherever the log is', async () => {
    const gateway = await startFakeProcess({ aheadMs: 0, metrics: 'rally_websocket_open_sockets 97' });
    const environment = { ...operated.environment, OPS_URLS: gateway.url };
    const { json } = await runRallyCommand(environment, '--json', 'top', '--once');
    const table = await runRallyCommand(environment, 'top', '--once');
    await gateway.stop();
    expect(json()).toMatchObject({ processes: [{ name: 'gateway', figures: { sockets: 97 } }] });
    expect(table).toMatchObject({ code: 0, stderr: '' });
    expect(table.stdout).toMatch(/gateway +│ .*97/);
  });

  it('names a wrong URL, and a wrong password', async () => {
    const nobody = await freePort();
    const gone = await doctor({
      ...operated.environment,
      DATABASE_URL: `postgres://rally:secret@127.0.0.1:${nobody}/rally`,
    });
    expect(gone.code).toBe(3);
    expect(namedBy(gone.findings, 'PostgreSQL')).toEqual([
      {
        check: 'PostgreSQL',
        state: 'bad',
        seen: `127.0.0.1:${nobody}/rally: nobody listens there`,
        advice: 'start PostgreSQL, or correct host and port in DATABASE_URL',
      },
    ]);
    const refusing = await startRefusingPostgres();
    const refused = await doctor({ ...operated.environment, DATABASE_URL: refusing.url });
    refusing.stop();
    expect(namedBy(refused.findings, 'PostgreSQL')).toMatchObject([
      { state: 'bad', seen: expect.stringContaining('refuses the user or the password') },
    ]);
    expect(JSON.stringify(refused.findings)).not.toContain('secret');
  });
});

describe('rally doctor', () => {
  it('names options that cannot be used, or are misspelt, before anything else', async () => {
    const { code, findings } = await doctor({ WRITE_INTERVAL_MS: 'soon', RALLY_DATABASE_URL: 'x' });
    expect(code).toBe(3);
    expect(findings).toMatchObject([
      { state: 'bad', seen: 'WRITE_INTERVAL_MS must be a whole number' },
      { state: 'warn', seen: 'RALLY_DATABASE_URL is not an option', advice: 'say DATABASE_URL' },
    ]);
  });

  it('names an event store and a NATS that do not answer', async () => {
    const { url, drop } = await createTestDatabase();
    const { findings } = await doctor({
      DATABASE_URL: url,
      EVENT_STORE: 'eventstoredb',
      EVENTSTORE_URL: `esdb://admin:secret@127.0.0.1:${await freePort()}?tls=false`,
      NATS_URL: `nats://127.0.0.1:${await freePort()}`,
    });
    await drop();
    expect(namedBy(findings, 'event store')).toMatchObject([
      { state: 'bad', seen: expect.stringContaining('does not answer at') },
    ]);
    expect(namedBy(findings, 'NATS')).toMatchObject([{ state: 'bad', seen: 'nobody answers there' }]);
    expect(JSON.stringify(findings)).not.toContain('secret');
  });

  it('finds nothing bad in a Rally that works, which top shows', async () => {
    const { url, drop } = await createTestDatabase();
    const rally = await startManaged('standalone/main.js', {
      DATABASE_URL: url,
      JWT_SECRET: 'x'.repeat(32),
      PORT: '0',
    });
    const environment = { DATABASE_URL: url, OPS_URLS: `http://127.0.0.1:${rally.opsPort}` };
    const { code, findings } = await doctor(environment, '--min-free', '0');
    expect(findings.filter(({ state }) => state === 'bad')).toEqual([]);
    expect(code).toBe(0);
    const away = { ...environment, OPS_URLS: `${environment.OPS_URLS},http://127.0.0.1:${await freePort()}` };
    const top = await runRallyCommand(away, 'top', '--once');
    expect(top).toMatchObject({ code: 0, stderr: '' });
    expect(top.stdout).toMatch(/rally +│ ready/);
    expect(top.stdout).toMatch(/127\.0\.0\.1:\d+ +│ away/);
    const { json } = await runRallyCommand(environment, '--json', 'top', '--once');
    expect(json()).toMatchObject({ processes: [{ name: 'rally', state: 'ready', figures: { leading: 1 } }] });
    await rally.stop();
    await drop();
  });
});

/** A server that asks for nothing, and refuses the password. */
async function startRefusingPostgres() {
  const fields = ['SFATAL', 'VFATAL', 'C28P01', 'Mpassword authentication failed', ''].map(
    (field) => `${field}\0`,
  );
  const body = Buffer.from(`${fields.join('').slice(0, -1)}\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(body.length + 4, 1);
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(Buffer.concat([head, body])));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `postgres://rally:secret@127.0.0.1:${typeof address === 'object' ? address?.port : 0}/rally`,
    stop: () => void server.close(),
  };
}
