import { spawnSync } from 'node:child_process';
import { chmod, chown, cp, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPostgresBinaries } from '../../standalone/embedded-postgres/binaries.ts';
import { operatingUser } from '../../standalone/embedded-postgres/operating-user.ts';
import { reachableBinaries } from '../../standalone/embedded-postgres/reachable-binaries.ts';
import { startStandalone } from '../support/embedded-deployment.ts';
import { DIST } from '../support/rally-process.ts';

const isRoot = process.getuid?.() === 0;

/** `nobody`, on every Unix. */
const ORDINARY = { uid: 65534, gid: 65534 };

/** In a checkout below a 0700 home another user cannot even start Rally. */
const canBeStartedByOthers =
  isRoot && spawnSync('test', ['-r', join(DIST, 'standalone', 'main.js')], ORDINARY).status === 0;

describe.skipIf(!isRoot)('as root (skipped for others)', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'rally-users-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  it('PostgreSQL runs as another user, in a directory that this one cannot walk to', async () => {
    await chmod(home, 0o700);
    const { rally } = await startStandalone({ DATA_DIR: join(home, 'data') });
    expect((await stat(join(home, 'data', 'postgres'))).uid).not.toBe(0);
    expect(await rally.stop()).toBe(0);
  });

  it.skipIf(!canBeStartedByOthers)('PostgreSQL goes on as the one who owns the data', async () => {
    const data = join(home, 'data');
    await chmod(home, 0o755);
    await mkdir(data);
    await chown(data, ORDINARY.uid, ORDINARY.gid);
    const first = await startStandalone({ DATA_DIR: data }, ORDINARY);
    expect((await stat(join(data, 'postgres'))).uid).toBe(ORDINARY.uid);
    expect(await first.rally.stop()).toBe(0);
    const second = await startStandalone({ DATA_DIR: data });
    expect(await second.rally.stop()).toBe(0);
    const third = await startStandalone({ DATA_DIR: data }, ORDINARY);
    expect(await third.rally.stop()).toBe(0);
  });

  it('binaries that the other user cannot walk to are copied to where it can', async () => {
    const hidden = join(home, 'hidden');
    const cache = join(home, 'cache');
    const binaries = await findPostgresBinaries();
    await cp(binaries.root, join(hidden, 'native'), { recursive: true, verbatimSymlinks: true });
    await chmod(home, 0o755);
    await chmod(hidden, 0o700);
    const user = await operatingUser(join(home, 'none'));
    const unreachable = { ...binaries, root: join(hidden, 'native') };
    const copy = await reachableBinaries(unreachable, user, cache);
    expect(copy.root.startsWith(cache)).toBe(true);
    const { mtimeMs } = await stat(copy.root);
    expect(await reachableBinaries(unreachable, user, cache)).toEqual(copy);
    expect((await stat(copy.root)).mtimeMs).toBe(mtimeMs);
    expect(await reachableBinaries(unreachable, null, cache)).toBe(unreachable);
  });
});
