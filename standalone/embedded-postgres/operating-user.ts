import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Whom PostgreSQL runs as. */
export interface OperatingUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * null: whoever runs this process. PostgreSQL refuses to run as root; then it is the owner of the cluster that is
 * there, else the user `postgres`, created when there is none. Rejects with `NoOperatingUser`.
 */
export async function operatingUser(cluster: string): Promise<OperatingUser | null> {
  if (process.getuid?.() !== 0) return null;
  const owner = await stat(cluster).catch(() => null);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return (await find('postgres')) ?? create('postgres');
}

async function find(name: string): Promise<OperatingUser | null> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}

async function create(name: string): Promise<OperatingUser> {
  await run('useradd', ['--system', '--user-group', '--no-create-home', name]).catch(() => {});
  const user = await find(name);
  if (user) return user;
  throw new NoOperatingUser(
    `PostgreSQL does not run as root, and the user ${name} could not be created: create it, or start Rally as an ordinary user`,
  );
}

export class NoOperatingUser extends Error {
  override readonly name = 'NoOperatingUser';
}
