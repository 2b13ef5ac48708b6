import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataDirectoryError } from '../../standalone/data-directory/assert-private.ts';
import { openDataDirectory } from '../../standalone/data-directory/data-directory.ts';
import { startTimeOf } from '../../standalone/data-directory/process-table.ts';

describe('a data directory', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'rally-data-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  it('is made when it is not there, for its owner alone', async () => {
    const path = join(home, 'deep', 'data');
    await openDataDirectory(path);
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    expect((await stat(join(path, 'rally.json'))).mode & 0o777).toBe(0o600);
  });

  it.runIf(existsSync('/proc'))('cannot be made in /proc, which is found out at once', async () => {
    await expect(openDataDirectory('/proc/rally')).rejects.toThrow('DATA_DIR: /proc/rally cannot be used');
  });

  it('keeps its secret from one opening to the next; another one has its own', async () => {
    const first = await openDataDirectory(join(home, 'a'));
    await first.release();
    const second = await openDataDirectory(join(home, 'a'));
    expect(second).toMatchObject({ jwtSecret: first.jwtSecret, cluster: first.cluster });
    expect((await openDataDirectory(join(home, 'b'))).jwtSecret).not.toBe(first.jwtSecret);
  });

  it('lets one process in, of many at once', async () => {
    const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => openDataDirectory(home)));
    expect(attempts.filter(({ status }) => status === 'fulfilled').length).toBe(1);
    for (const attempt of attempts) {
      if (attempt.status === 'rejected') expect(attempt.reason.message).toMatch(/in use by another Rally$/);
    }
  });

  it.each([
    ['has ended', '999999999 123'],
    ['has ended and whose id was given to another process', `${process.pid} 1`],
    ['has released it', ''],
  ])('goes to exactly one of many when its holder %s, again and again', async (_, holder) => {
    await (await openDataDirectory(home)).release();
    for (let round = 0; round < 20; round += 1) {
      await writeFile(join(home, await lockFile()), holder);
      const attempts = await Promise.allSettled(Array.from({ length: 10 }, () => openDataDirectory(home)));
      expect(attempts.filter(({ status }) => status === 'fulfilled').length).toBe(1);
      const lock = await readFile(join(home, await lockFile()), 'utf8');
      expect(lock).toBe(`${process.pid} ${await startTimeOf(process.pid)}`);
    }
  });

  /** There is one, whatever happened before. */
  async function lockFile(): Promise<string> {
    const [file = '', ...others] = (await readdir(home)).filter((entry) => entry.startsWith('rally.lock'));
    expect(others).toEqual([]);
    return file;
  }

  it('is refused when it holds something else', async () => {
    await writeFile(join(home, 'thesis.txt'), '');
    await expect(openDataDirectory(home)).rejects.toThrow(
      /^DATA_DIR: .* holds something else \(thesis\.txt\)/,
    );
  });

  it('may be the root of a file system', async () => {
    await mkdir(join(home, 'lost+found'));
    await openDataDirectory(home);
  });

  it.each(['770', '720', '707', '777', '1777'])(
    'is refused when others can write into it: %s',
    async (mode) => {
      const path = join(home, 'data');
      await mkdir(path);
      await chmod(path, Number.parseInt(mode, 8));
      await expect(openDataDirectory(path)).rejects.toThrow(
        `DATA_DIR: others can write into ${path} (mode 0${mode.slice(-3)}): chmod go-w ${path}`,
      );
      expect(await readdir(path)).toEqual([]);
      await promisify(execFile)('chmod', ['go-w', path]);
      await (await openDataDirectory(path)).release();
    },
  );

  it.each(['640', '604', '644', '620', '666'])(
    'is refused when others get at its secret: %s',
    async (mode) => {
      const path = join(home, 'Ann’s data');
      await (await openDataDirectory(path)).release();
      const file = join(path, 'rally.json');
      await chmod(file, Number.parseInt(mode, 8));
      const refused = openDataDirectory(path);
      await expect(refused).rejects.toThrow(`DATA_DIR: others can read the secret in ${file}`);
      await expect(refused).rejects.toThrow(`chmod 600 '${file}'`);
      await chmod(file, 0o600);
      await (await openDataDirectory(path)).release();
    },
  );

  it.each(['750', '755', '700'])('may be looked into by others: %s', async (mode) => {
    await chmod(home, Number.parseInt(mode, 8));
    await (await openDataDirectory(home)).release();
  });

  it.each(['000', '077'])('has the rights that it needs under a umask of %s', async (mask) => {
    const before = process.umask(Number.parseInt(mask, 8));
    try {
      await (await openDataDirectory(join(home, 'data'))).release();
    } finally {
      process.umask(before);
    }
    expect((await stat(join(home, 'data'))).mode & 0o777).toBe(0o700);
    expect((await stat(join(home, 'data', 'rally.json'))).mode & 0o777).toBe(0o600);
  });

  it('is refused when it is damaged or not a directory', async () => {
    await writeFile(join(home, 'rally.json'), '{"layout": 2');
    await expect(openDataDirectory(home)).rejects.toThrow(DataDirectoryError);
    await expect(openDataDirectory(join(home, 'rally.json'))).rejects.toThrow(/cannot be used \(E/);
  });
});
