import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../local-cluster/free-port.ts';
import { startStandalone } from '../support/embedded-deployment.ts';
import { prepareDataDirectory } from '../support/prepared-data-directory.ts';
import { spawnRally } from '../support/rally-process.ts';

describe('a start that cannot succeed says why in one line and ends with 1', () => {
  let home: string;
  let other: Server;
  let takenPort: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'rally-refused-'));
    other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const address = other.address();
    takenPort = String(address && typeof address === 'object' ? address.port : '');
  });
  afterAll(async () => {
    other.close();
    await rm(home, { recursive: true, force: true });
  });

  async function refused(settings: Record<string, string>): Promise<string> {
    const rally = spawnRally('standalone/main.js', {
      PORT: '0',
      OPS_PORT: '0',
      DATA_DIR: join(home, 'unused'),
      ...settings,
    });
    expect(await rally.exited).toBe(1);
    expect(rally.output()).toMatch(/^rally: [^\n]*\n$/);
    return rally.output();
  }

  it.each([
    ['PORT', 'eighty'],
    ['PORT', '65536'],
    ['OPS_PORT', '-1'],
    ['LOG_LEVEL', 'loud'],
    ['JWT_SECRET', 'short'],
    ['ACCESS_TOKEN_TTL_S', '0'],
    ['FEED_RETENTION_S', '1.5'],
    ['DATABASE_URL', 'mysql://localhost/rally'],
    ['EVENT_STORE', 'paper'],
    ['DRAIN_TIMEOUT_MS', '4s'],
  ])('%s=%s', async (name, value) => {
    expect(await refused({ [name]: value })).toContain(`${name}: `);
  });

  it('EVENT_STORE=eventstoredb without EVENTSTORE_URL', async () => {
    expect(await refused({ EVENT_STORE: 'eventstoredb' })).toContain(
      'EVENTSTORE_URL: is required with EVENT_STORE=eventstoredb',
    );
  });

  it('DATABASE_URL without JWT_SECRET', async () => {
    expect(await refused({ DATABASE_URL: 'postgres://localhost/rally' })).toContain(
      'JWT_SECRET: is required with DATABASE_URL',
    );
  });

  it('a DATABASE_URL where nobody answers, without its password', async () => {
    const url = `postgres://rally:hunter2@127.0.0.1:1/rally`;
    const line = await refused({ DATABASE_URL: url, JWT_SECRET: 'x'.repeat(32) });
    expect(line).not.toContain('hunter2');
  });

  it('a taken PORT or OPS_PORT, before anything is written', async () => {
    expect(await refused({ PORT: takenPort })).toContain(`PORT: 127.0.0.1:${takenPort} is taken`);
    expect(await refused({ OPS_PORT: takenPort })).toContain(`OPS_PORT: 127.0.0.1:${takenPort}`);
    const port = String(await freePort());
    for (const HOST of ['127.0.0.1', '0.0.0.0'])
      expect(await refused({ HOST, PORT: port, OPS_PORT: port })).toContain(
        'OPS_PORT: is a port of the public address',
      );
    expect(await readdir(home)).not.toContain('unused');
  });

  it('a HOST that is not of this machine', async () => {
    expect(await refused({ HOST: '192.0.2.1' })).toBe(
      'rally: HOST: 192.0.2.1 is not an address of this machine (EADDRNOTAVAIL)\n',
    );
    expect(await refused({ OPS_HOST: 'no.such.host.invalid' })).toMatch(
      /^rally: OPS_HOST: no\.such\.host\.invalid is not an address of this machine/,
    );
  });

  it('a DATA_DIR that holds something else', async () => {
    const foreign = join(home, 'foreign');
    await mkdir(foreign);
    await writeFile(join(foreign, 'thesis.txt'), 'forty pages');
    expect(await refused({ DATA_DIR: foreign })).toContain('thesis.txt');
    expect(await readdir(foreign)).toEqual(['thesis.txt']);
  });

  it('a DATA_DIR that cannot be written to', async () => {
    await writeFile(join(home, 'a-file'), '');
    expect(await refused({ DATA_DIR: join(home, 'a-file', 'data') })).toMatch(/DATA_DIR: .*\(E\w+\)/);
    expect(await refused({ DATA_DIR: '/sys/rally' })).toMatch(/DATA_DIR: .*\(E\w+\)/);
  });

  it('a DATA_DIR of another PostgreSQL, or in use', async () => {
    const DATA_DIR = join(home, 'data');
    await prepareDataDirectory(DATA_DIR);
    const { rally } = await startStandalone({ DATA_DIR });
    expect(await refused({ DATA_DIR })).toContain('in use by another Rally');
    expect(await rally.stop()).toBe(0);
    await writeFile(join(DATA_DIR, 'postgres', 'PG_VERSION'), '9\n');
    expect(await refused({ DATA_DIR })).toMatch(/was written by PostgreSQL 9, this Rally brings \d+/);
  });
});
