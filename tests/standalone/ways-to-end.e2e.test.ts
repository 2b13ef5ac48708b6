import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDataDirectory } from '../../standalone/data-directory/data-directory.ts';
import { signUp } from '../support/api-client.ts';
import { startStandalone } from '../support/embedded-deployment.ts';
import { eventually } from '../support/patience.ts';
import { prepareDataDirectory } from '../support/prepared-data-directory.ts';
import { DIST, spawnRally } from '../support/rally-process.ts';
import { openTab } from '../support/tab.ts';
import { isRunning, postmasterPid } from './postmaster.ts';

let home: string;
let data: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'rally-ends-'));
  data = join(home, 'data');
});
afterEach(() => rm(home, { recursive: true, force: true, maxRetries: 20 }));

describe('a standalone process drains and takes its PostgreSQL along', () => {
  beforeEach(() => prepareDataDirectory(data));

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const)('on %s', async (signal) => {
    const { rally, address } = await startStandalone({ DATA_DIR: data });
    const postgres = await postmasterPid(data);
    const tab = await openTab(await signUp(address));
    expect(await isRunning(postgres)).toBe(true);
    rally.child.kill(signal);
    expect((await tab.closed).code).toBe(3001);
    expect(await rally.exited).toBe(0);
    expect(await isRunning(postgres)).toBe(false);
  });

  it('when the process that started it is gone, if it was started with a channel', async () => {
    const rally = spawnWith(['ignore', 'pipe', 'pipe', 'ipc']);
    await until(rally, /Rally is ready/);
    const postgres = await postmasterPid(data);
    rally.disconnect();
    expect(await once(rally, 'exit')).toEqual([0, null]);
    expect(await isRunning(postgres)).toBe(false);
  });

  it('when it is killed: nobody drains, but PostgreSQL ends in peace', async () => {
    const { rally } = await startStandalone({ DATA_DIR: data });
    const postgres = await postmasterPid(data);
    await rally.kill();
    await eventually(async () => expect(await isRunning(postgres)).toBe(false));
    await expect(stat(join(data, 'postgres', 'postmaster.pid'))).rejects.toThrow('ENOENT');
  });
});

describe('a standalone process goes on', () => {
  beforeEach(() => prepareDataDirectory(data));

  it.each(['trace', 'warn'])('when nobody reads any more what it prints, at LOG_LEVEL=%s', async (level) => {
    const rally = spawnWith(['ignore', 'pipe', 'pipe'], { LOG_LEVEL: level });
    const [, address = ''] = await until(rally, /Rally is ready: (\S+)/);
    const [, ops = ''] = await until(rally, /metrics: (http:\S+)\/health\/ready/);
    rally.stdout?.destroy();
    rally.stderr?.destroy();
    await (await openTab(await signUp(address))).close();
    rally.kill('SIGPIPE');
    expect((await fetch(`${ops}/health/live`)).status).toBe(200);
    rally.kill('SIGHUP');
    expect(await once(rally, 'exit')).toEqual([0, null]);
  });

  it('when nobody ever read it', async () => {
    const rally = spawnWith(['ignore', 'pipe', 'pipe'], { PORT: '0' });
    rally.stdout?.destroy();
    rally.stderr?.destroy();
    await eventually(() => stat(join(data, 'postgres', 'postmaster.pid')));
    rally.kill('SIGTERM');
    expect(await once(rally, 'exit')).toEqual([0, null]);
  });
});

describe('killed while the database is being made', () => {
  /** What is there when it is killed. */
  const MOMENTS: readonly [string, () => boolean][] = [
    ['the secret is written', () => found(data, /^rally\.json$/)],
    ['the draft is there', () => found(data, /^postgres\.new/)],
    ['the system tables are being filled', () => foundInDraft(/base\/1\/\d+$/)],
    ['the other databases are being copied', () => foundInDraft(/base\/[45]\/\d+$/)],
    ['the cluster has its place', () => found(data, /^postgres$/)],
    ['the server has begun', () => found(join(data, 'postgres'), /^postmaster\.pid$/)],
  ];

  it.each(MOMENTS)('when %s, the next start works, at once', async (_, come) => {
    const killed = spawnRally('standalone/main.js', { PORT: '0', OPS_PORT: '0', DATA_DIR: data });
    while (!come()) await delay(1);
    await killed.kill();
    const { rally, address } = await startStandalone({ DATA_DIR: data });
    expect((await (await signUp(address)).get('/self')).status).toBe(200);
    expect(await rally.stop()).toBe(0);
  });

  it('and the one that made it still writes: the next start makes another', async () => {
    await (await openDataDirectory(data)).release();
    const draft = join(data, 'postgres.new');
    await mkdir(draft);
    const writer = spawn(process.execPath, ['-e', WRITE_ON, draft], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(writer.stdout, 'data');
    const { rally, address } = await startStandalone({ DATA_DIR: data });
    expect((await (await signUp(address)).get('/self')).status).toBe(200);
    expect(await rally.stop()).toBe(0);
    writer.kill('SIGKILL');
  });

  it('a cluster that is there is kept, also beside what was left of a draft', async () => {
    await prepareDataDirectory(data);
    const first = await startStandalone({ DATA_DIR: data });
    const ann = await signUp(first.address, 'Ann');
    expect(await first.rally.stop()).toBe(0);
    for (const draft of ['postgres.new', 'postgres.new.Ab3dEf'])
      await cp(join(data, 'postgres'), join(data, draft), { recursive: true });
    const second = await startStandalone({ DATA_DIR: data });
    const again = Object.assign(ann, { address: second.address });
    expect((await again.get('/self')).status).toBe(200);
    expect(await second.rally.stop()).toBe(0);
    expect((await readdir(data)).filter((entry) => entry.startsWith('postgres'))).toEqual([
      'postgres',
      'postgres.log',
    ]);
  });

  const found = (directory: string, name: RegExp): boolean => {
    try {
      return readdirSync(directory).some((entry) => name.test(entry));
    } catch {
      return false;
    }
  };
  const foundInDraft = (path: RegExp): boolean => {
    try {
      const draft = readdirSync(data).find((entry) => entry.startsWith('postgres.new')) ?? '';
      return readdirSync(join(data, draft), { recursive: true }).some((entry) => path.test(String(entry)));
    } catch {
      return false;
    }
  };
});

/** Fills a directory, for as long as it is there or can be made again. */
const WRITE_ON = `
  const { mkdirSync, writeFileSync } = require('node:fs');
  for (let file = 0; ; file += 1) {
    const directory = process.argv[1] + '/' + (file % 500);
    mkdirSync(directory, { recursive: true });
    writeFileSync(directory + '/' + file, '');
    if (file === 5000) console.log('writing');
  }`;

function spawnWith(
  stdio: readonly ('ignore' | 'pipe' | 'ipc')[],
  settings: Readonly<Record<string, string>> = {},
): ChildProcess {
  const { PATH = '', HOME = '' } = process.env;
  return spawn(process.execPath, [`${DIST}standalone/main.js`], {
    env: { PATH, HOME, PORT: '0', OPS_PORT: '0', DATA_DIR: data, ...settings },
    stdio: [...stdio],
  });
}

/** Resolves with the match once standard output has it. */
function until(rally: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const printed = output.get(rally) ?? { text: '' };
    output.set(rally, printed);
    const look = () => {
      const match = pattern.exec(printed.text);
      if (match) resolve(match);
    };
    rally.stdout?.on('data', (chunk) => {
      printed.text += chunk;
      look();
    });
    rally.once('exit', (code) => reject(new Error(`ended with ${code}`)));
    look();
  });
}

const output = new WeakMap<ChildProcess, { text: string }>();
