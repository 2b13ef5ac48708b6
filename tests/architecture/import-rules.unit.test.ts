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
  platform: [
    'protocol',
    'read-models',
    'command-service',
    'projection-service',
    'housekeeping',
    'gateway',
    'standalone',
  ],
  'read-models': ['command-service', 'projection-service', 'housekeeping', 'gateway', 'standalone'],
  'command-service': ['read-models', 'projection-service', 'housekeeping', 'gateway', 'standalone'],
  'projection-service': ['command-service', 'housekeeping', 'gateway', 'standalone'],
  housekeeping: ['domain', 'command-service', 'projection-service', 'gateway', 'standalone'],
  gateway: ['domain', 'command-service', 'projection-service', 'housekeeping', 'standalone'],
  client: ['domain', 'platform', 'housekeeping', 'gateway'],
  demo: ['domain', 'platform', 'housekeeping', 'gateway', 'standalone'],
  standalone: ['demo', 'tests'],
};

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  protocol: ['zod'],
  platform: ['domain', 'pino', 'node:crypto'],
  'read-models': ['domain', 'platform', 'protocol'],
  'command-service': ['domain', 'protocol', 'platform'],
  'projection-service': ['domain', 'protocol', 'platform', 'read-models'],
  housekeeping: ['protocol', 'platform', 'read-models'],
  gateway: ['protocol', 'platform', 'read-models'],
  demo: ['client', 'protocol', 'ws'],
  standalone: [
    'domain',
    'protocol',
    'platform',
    'read-models',
    'command-service',
    'projection-service',
    'housekeeping',
    'gateway',
  ],
};

/** It comes to all that is written here, but what is forgotten. */
const ENTRY = 'tests/main.ts';

/** Within a folder: file, and the one that it must not import. */
const FORBIDDEN_WITHIN: readonly (readonly [from: string, to: string])[] = [
  ['gateway/http/one.ts', 'gateway/websocket/inner.ts'],
  ['gateway/websocket/one.ts', 'gateway/http/inner.ts'],
  ['gateway/accounts/one.ts', 'gateway/http/inner.ts'],
  ['gateway/accounts/two.ts', 'gateway/websocket/inner.ts'],
  ['gateway/public-server/one.ts', 'gateway/accounts/inner.ts'],
  ['gateway/public-server/two.ts', 'gateway/http/inner.ts'],
  ['gateway/public-server/three.ts', 'protocol/target.ts'],
  ['gateway/public-server/four.ts', 'gateway/websocket/inner.ts'],
  ['gateway/http/two.ts', 'gateway/public-server/inner.ts'],
  ['gateway/websocket/two.ts', 'gateway/public-server/inner.ts'],
  ['command-service/one.ts', 'platform/event-store/postgres/inner.ts'],
  ['platform/event-store/one.ts', 'platform/event-store/eventstoredb/inner.ts'],
  ['standalone/one.ts', 'platform/message-bus/in-process/inner.ts'],
  ['platform/message-bus/one.ts', 'platform/message-bus/nats/inner.ts'],
  ['platform/event-store/postgres/one.ts', 'platform/event-store/eventstoredb/open-eventstoredb.ts'],
  ['platform/message-bus/nats/one.ts', 'platform/message-bus/in-process/in-process-bus.ts'],
];

const ALLOWED_WITHIN: readonly (readonly [from: string, to: string])[] = [
  ['gateway/http/free.ts', 'gateway/accounts/inner.ts'],
  ['gateway/websocket/free.ts', 'gateway/accounts/inner.ts'],
  ['gateway/http/served.ts', 'gateway/public-server/public-server.ts'],
  ['gateway/free.ts', 'gateway/public-server/inner.ts'],
  ['platform/event-store/free.ts', 'platform/event-store/postgres/postgres-event-store.ts'],
  ['platform/message-bus/free.ts', 'platform/message-bus/nats/server-addresses.ts'],
  ['platform/event-store/postgres/free.ts', 'platform/event-store/postgres/inner.ts'],
];

describe('a tree with forbidden imports', () => {
  let tree: string;
  let found: ForbiddenImport[];
  const written: string[] = [];

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
    for (const [from, to] of [...FORBIDDEN_WITHIN, ...ALLOWED_WITHIN]) {
      await write(to, 'export type Target = 1;');
      await write(from, typeImport(from, to));
    }
    await write('platform/forgotten.ts', 'export const forgotten = 1;');
    await write(
      ENTRY,
      written
        .map((path) => `import '../${path}';`)
        .join('\n')
        .replace("import '../platform/forgotten.ts';", ''),
    );
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

  it.each(FORBIDDEN_WITHIN)('is caught when %s imports %s', (from, to) =>
    expect(found).toContainEqual(expect.objectContaining({ from, to })),
  );

  it.each(ALLOWED_WITHIN)('is left in peace when %s imports %s', (from) =>
    expect(found.map((violation) => violation.from)).not.toContain(from),
  );

  it('is caught when no entry comes to a file', () => {
    const orphans = found.filter(({ rule }) => rule === 'no-orphans').map(({ to }) => to);
    expect(orphans).toEqual(['platform/forgotten.ts']);
  });

  it('is caught when two files import each other', () => {
    expect(found).toContainEqual({ rule: 'no-cycles', from: 'platform/chicken.ts', to: 'platform/egg.ts' });
  });

  const isFolder = (name: string) => CODE.includes(name) || name === 'tests';
  const fileOf = (from: string, to: string) => `${from}/imports-${to.replace(':', '-')}.ts`;

  /** A type-only import of a folder, to see that those count as well. */
  function importOf(from: string, to: string): string {
    return isFolder(to) ? typeImport(fileOf(from, to), `${to}/target.ts`) : `import '${to}';`;
  }

  function typeImport(from: string, to: string): string {
    const path = relative(dirname(from), to);
    return `import type { Target } from '${path.startsWith('.') ? path : `./${path}`}';\nexport type Imported = Target;`;
  }

  async function write(path: string, text: string): Promise<void> {
    written.push(path);
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), `${text}\n`);
  }
});
