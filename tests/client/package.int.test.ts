import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { build } from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPackage } from '../../packaging/build-package.ts';

const run = promisify(execFile);

const TSC = join(process.cwd(), 'node_modules/.bin/tsc');

/** Gzipped, minified, in bytes. */
const LIMITS = { everything: 14_650, withoutStores: 9000 } as const;

const USE_OF = {
  everything: "import { createRally } from '@rally/client'; console.log(createRally);",
  withoutStores: "import { createClient } from '@rally/client'; console.log(createClient);",
} as const;

describe('the package @rally/client', () => {
  /** Where it is installed. */
  let home: string;
  let packed: string;
  let tarball: string;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'rally-client-'));
    packed = join(home, 'package');
    await buildPackage(packed);
    const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', home], { cwd: packed });
    tarball = join(home, stdout.trim());
    await writeFile(join(home, 'package.json'), '{"type": "module"}');
    await run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--legacy-peer-deps', tarball], {
      cwd: home,
    });
    await mkdir(join(home, 'node_modules/@types'));
    for (const library of ['react', 'ws', '@types/react', '@types/ws', '@types/node'])
      await symlink(resolve('node_modules', library), join(home, 'node_modules', library));
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  /** As somebody does who has TypeScript, the types of the libraries that samples show, and nothing of ours. */
  async function compile(files: readonly string[]): Promise<{ stdout: string }> {
    const options =
      '--noEmit --strict --skipLibCheck --module nodenext --target es2022 --lib es2022,dom'.split(' ');
    return run(TSC, [...options, ...files], { cwd: home }).catch((error) => error);
  }

  it('is as publint wants it', async () => {
    const { messages, pkg } = await publint({ pkgDir: packed, pack: false });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('has types that are right wherever modules are', async () => {
    const result = await checkPackage(createPackageFromTarballData(await readFile(tarball)));
    const problems = 'problems' in result ? result.problems : ['it has no types'];
    // Whoever has no modules yet cannot use it, as its first page says.
    const ofModules = problems.filter(
      (problem) =>
        typeof problem === 'string' ||
        !('resolutionKind' in problem) ||
        !/node10|cjs/.test(problem.resolutionKind),
    );
    expect(ofModules).toEqual([]);
  });

  it('can be installed and imported by itself', async () => {
    const program = `
      const names = await Promise.all(['', '/node'].map((path) => import('@rally/client' + path)));
      console.log(names.map((module) => Object.keys(module).join()).join(' '));`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: home });
    expect(stdout).toContain('createRally');
    expect(stdout).toContain('nodeEnvironment');
  });

  it('has types that need nothing but TypeScript, and tell what a push has and what it has not', async () => {
    const program = (field: string) => `
      import { createRally, type PushOf } from '@rally/client';
      const rally = createRally();
      rally.live.on('new_message', ({ data }) => { const text: string = data.${field}; void text; });
      export const liked = (push: PushOf<'like_message'>): boolean => push.data.is_liked;
      export const invite = () => rally.live.request('game_invite', { username: 'Bob', client_id: 'a' });
    `;
    await writeFile(join(home, 'right.ts'), program('content'));
    await writeFile(join(home, 'wrong.ts'), program('contents'));
    const compiled = await compile(['right.ts', 'wrong.ts']);
    expect(compiled.stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/^wrong\.ts.*Property 'contents' does not exist/),
    ]);
  });

  it('is used as the documents show it', async () => {
    const documents = await readFile('docs/clients.md', 'utf8');
    const samples = [...documents.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, sample = '']) => sample);
    expect(samples.length).toBeGreaterThanOrEqual(3);
    const names = samples.map((_, number) => `sample-${number}.ts`);
    await Promise.all(samples.map((sample, number) => writeFile(join(home, `sample-${number}.ts`), sample)));
    const { stdout } = await compile(names);
    expect(stdout).toBe('');
  });

  it.each(['everything', 'withoutStores'] as const)('is small: %s', async (part) => {
    const { outputFiles } = await build({
      stdin: { contents: USE_OF[part], resolveDir: home },
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2022',
      write: false,
    });
    const bytes = gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length;
    process.stdout.write(`@rally/client, ${part}: ${bytes} bytes, minified and gzipped\n`);
    expect(bytes).toBeLessThanOrEqual(LIMITS[part]);
  });
});
