import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startStandalone } from '../support/embedded-deployment.ts';
import { prepareDataDirectory } from '../support/prepared-data-directory.ts';
import { DIST, spawnRally } from '../support/rally-process.ts';
import { postmasterPid } from './postmaster.ts';

const NOBODY_LISTENS = 'http://127.0.0.1:1';

/** What a developer's shell may hold for other programs; each of them has a library of Rally's that reads it. */
const FOREIGN = {
  PGHOST: 'nowhere.invalid',
  PGPORT: '5433',
  PGUSER: 'somebody',
  PGPASSWORD: 'hunter2',
  PGPASSFILE: '/nowhere/pgpass',
  PGDATABASE: 'elsewhere',
  PGSSLMODE: 'require',
  PGOPTIONS: '-c statement_timeout=1',
  PGAPPNAME: 'psql',
  PGCLIENTENCODING: 'LATIN1',
  PGREPLICATION: 'true',
  PGTZ: 'Asia/Tokyo',
  PGDATESTYLE: 'German',
  PGDATA: '/nowhere',
  NODE_PG_FORCE_NATIVE: '1',
  http_proxy: NOBODY_LISTENS,
  https_proxy: NOBODY_LISTENS,
  grpc_proxy: NOBODY_LISTENS,
  DEBUG: '*',
  LANG: 'tr_TR.UTF-8',
  LC_ALL: 'xx_XX',
  TZ: 'Pacific/Chatham',
};

describe('a standalone process in a developer’s shell', () => {
  let home: string;
  let data: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'rally-environment-'));
    data = join(home, 'data');
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  it('starts as in any other, and says nothing more', async () => {
    const { rally } = await startStandalone({ DATA_DIR: data, ...FOREIGN });
    expect(rally.output()).toMatch(/^Rally is ready/);
    expect(await rally.stop()).toBe(0);
  });

  it.runIf(process.platform === 'linux')('passes nothing of it on to PostgreSQL', async () => {
    await prepareDataDirectory(data);
    const { rally } = await startStandalone({ DATA_DIR: data, ...FOREIGN });
    const environment = await readFile(`/proc/${await postmasterPid(data)}/environ`, 'utf8');
    const names = environment.split('\0').map((entry) => entry.split('=', 1)[0]);
    expect(new Set(names)).toEqual(new Set(['PATH', 'LC_ALL', 'TZ', '']));
    expect(environment).toContain('LC_ALL=C\0TZ=UTC\0');
    expect(await rally.stop()).toBe(0);
  });

  it.each(['000', '077', '777'])('makes files of its own rights under a umask of %s', async (mask) => {
    const command = 'umask "$1"; shift; exec "$@"';
    const { PATH = '' } = process.env;
    const rally = spawn('sh', ['-c', command, 'sh', mask, process.execPath, `${DIST}standalone/main.js`], {
      env: { PATH, PORT: '0', OPS_PORT: '0', DATA_DIR: data },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [printed] = await once(rally.stdout, 'data');
    expect(String(printed)).toMatch(/^Rally is ready/);
    const modes = ['', 'rally.json', 'postgres.log', 'postgres'].map(async (file) =>
      ((await stat(join(data, file))).mode & 0o777).toString(8),
    );
    expect(await Promise.all(modes)).toEqual(['700', '600', '600', '700']);
    rally.kill();
    expect(await once(rally, 'exit')).toEqual([0, null]);
  });

  it('tells of an option that is misspelt in one line, also when it cannot start', async () => {
    await prepareDataDirectory(data);
    const { rally } = await startStandalone({ DATA_DIR: data, PROT: '9000', LOGLEVEL: 'trace' });
    expect(rally.output()).toMatch(
      /^rally: PROT is not an option, PORT is\nrally: LOGLEVEL is not an option, LOG_LEVEL is\nRally is ready/,
    );
    expect(await rally.stop()).toBe(0);

    const refused = spawnRally('standalone/main.js', { DATABASE_URL: 'postgres://h/d', JWT_SECRTE: 'x' });
    expect(await refused.exited).toBe(1);
    expect(refused.output()).toBe(
      'rally: JWT_SECRTE is not an option, JWT_SECRET is\nrally: JWT_SECRET: is required with DATABASE_URL\n',
    );
  });
});
