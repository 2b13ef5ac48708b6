import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const git = async (...parameters: string[]): Promise<string> =>
  (await promisify(execFile)('git', parameters)).stdout.trim();

/** The commit that is checked out, with a `+` when files were changed since; `unknown` outside a repository. */
export async function currentCommit(): Promise<string> {
  try {
    const [commit, changes] = await Promise.all([
      git('rev-parse', '--short=12', 'HEAD'),
      git(
        'status',
        '--porcelain',
        '--untracked-files=no',
        '--',
        '.',
        ':!bench/RESULTS.md',
        ':!bench/results',
      ),
    ]);
    return changes === '' ? commit : `${commit}+`;
  } catch {
    return 'unknown';
  }
}
