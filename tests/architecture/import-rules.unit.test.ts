import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CODE, type ForbiddenImport, forbiddenImports } from './imports.ts';

describe('import rules', () => {
  it('are kept by all code', async () => {
    expect(await forbiddenImports(process.cwd(), CODE.filter(existsSync))).toEqual([]);
  });
});

/** Folder, and what it must not import: another folder, a library or a part of Node. */
const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
  domain: ['protocol', 'platform', 'read-models', 'gateway', 'standalone', 'zod', 'node:crypto'],
  protocol: ['domain', 'platform', 'read-models', 'gateway', 'uuid', 'node:crypto'],
  platform: ['protocol', 'read-models', 'command-service', 'projection-service', 'gateway', 'standalone'],
  'read-models': ['command-service', 'projection-service', 'gateway', 'standalone'],
  'command-service': ['read-models', 'projection-service', 'gateway', 'standalone'],
  'projection-service': ['command-service', 'gateway', 'standalone'],
  gateway: ['domain', 'command-service', 'projection-service', 'standalone'],
  client: ['domain', 'platform', 'gateway'],
  demo: ['domain', 'platform', 'gateway', 'standalone'],
  standalone: ['demo', 'tests'],
};

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  protocol: ['zod'],
  platform: ['domain', 'pino', 'node:crypto'],
  'read-models': ['domain', 'platform', 'protocol'],
  'command-service': ['domain', 'protocol', 'platform'],
  'projection-service': ['domain', 'protocol', 'platform', 'read-models'],
  gateway: ['protocol', 'platform', 'read-models'],
  demo: ['protocol', 'ws'],
  standalone: [
    'domain',
    'protocol',
    'platform',
    'read-models',
    'command-service',
    'projection-service',
    'gateway',
  ],
};

describe('a tree with forbidden imports', () => {
  let tree: string;
  let found: ForbiddenImport[];

  beforeAll(async () => {
    tree = await mkdtemp(join(tmpdir(), 'rally-imports-'));
    await symlink(resolve('node_modules'), join(tree, 'node_modules'));
    const folders = [...new Set([...Object.keys(FORBIDDEN), ...Object.values(FORBIDDEN).flat()])];
    for (const folder of folders.filter(isFolder))
      await write(`${folder}/target.ts`, 'export type Target = 1;');
    for (const edges of [FORBIDDEN, ALLOWED]) {
      for (const [from, targets] of Object.entries(edges)) {
        for (const to of targets) await write(fileOf(from, to), importOf(from, to));
      }
    }
    await write('platform/chicken.ts', "import type { Egg } from './egg.ts';\nexport type Chicken = Egg;");
    await write(
      'platform/egg.ts',
      "import type { Chicken } from './chicken.ts';\nexport type Egg = Chicken;",
    );
    await write('domain/value.ts', 'export const VALUE = 1;');
    await write('read-models/imports-value.ts', "export { VALUE } from '../domain/value.ts';");
    found = await forbiddenImports(tree, folders.filter(isFolder));
  });

  afterAll(() => rm(tree, { recursive: true, force: true }));

  it.each(Object.entries(FORBIDDEN).flatMap(([from, targets]) => targets.map((to) => [from, to] as const)))(
    'is caught when %s imports %s, even a type',
    (from, to) => expect(found.map((violation) => violation.from)).toContain(fileOf(from, to)),
  );

  it.each(Object.entries(ALLOWED).flatMap(([from, targets]) => targets.map((to) => [from, to] as const)))(
    'is left in peace when %s imports %s',
    (from, to) => expect(found.map((violation) => violation.from)).not.toContain(fileOf(from, to)),
  );

  it('is caught when read models import more of the domain than types', () => {
    expect(found).toContainEqual({
      rule: 'read-models-know-events-by-their-types',
      from: 'read-models/imports-value.ts',
      to: 'domain/value.ts',
    });
  });

  it('is caught when two files import each other', () => {
    expect(found).toContainEqual({ rule: 'no-cycles', from: 'platform/chicken.ts', to: 'platform/egg.ts' });
  });

  const isFolder = (name: string) => CODE.includes(name) || name === 'tests';
  const fileOf = (from: string, to: string) => `${from}/imports-${to.replace(':', '-')}.ts`;

  /** A type-only import of a folder, to see that those count as well. */
  function importOf(from: string, to: string): string {
    if (!isFolder(to)) return `import '${to}';`;
    const path = relative(dirname(fileOf(from, to)), `${to}/target.ts`);
    return `import type { Target } from '${path}';\nexport type Imported = Target;`;
  }

  async function write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), `${text}\n`);
  }
});
