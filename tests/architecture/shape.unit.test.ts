import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CODE } from './imports.ts';

const IGNORED = ['node_modules', 'dist', '.git', '.data'];

const files = readdirSync('.')
  .filter((entry) => !IGNORED.includes(entry))
  .flatMap((entry) => (statSync(entry).isDirectory() ? below(entry) : [entry]));

function below(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

const source = files.filter(
  (file) => file.endsWith('.ts') && CODE.some((folder) => file.startsWith(`${folder}/`)),
);
const text = (file: string): string => readFileSync(file, 'utf8');

describe('the shape of the house', () => {
  it('is made of small files: half of them are under 80 lines', () => {
    const sizes = source.map((file) => text(file).split('\n').length).sort((a, b) => a - b);
    expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThan(80);
  });

  it('has no folder or file for leftovers', () => {
    const leftovers = /(^|\/)(utils?|helpers?|common|types|misc|shared|lib)(\/|\.ts$)/;
    expect(files.filter((file) => leftovers.test(file))).toEqual([]);
  });

  it('silences no tool and leaves nothing for later', () => {
    const silenced = /@ts-(ignore|expect-error|nocheck)|biome-ignore|\bas unknown as\b|\b(TODO|FIXME|XXX)\b/;
    const checked = files.filter((file) => /\.(ts|json|md|yaml)$/.test(file) && file !== THIS_FILE);
    expect(checked.filter((file) => silenced.test(text(file)))).toEqual([]);
  });

  it('says once how long tests wait', () => {
    const impatient = /\bvi\.wait(For|Until)\(|\btimeout: \d|^ *\}, \d[\d_]{3,}\);$/m;
    const tests = files.filter((file) => /^tests\/.*\.ts$/.test(file) && file !== THIS_FILE);
    expect(tests.filter((file) => impatient.test(text(file)))).toEqual(['tests/support/patience.ts']);
  });

  it('marks each test file with its cost', () => {
    const tests = files.filter((file) => file.endsWith('.test.ts'));
    expect(tests.filter((file) => !/\.(unit|int|e2e|fault)\.test\.ts$/.test(file))).toEqual([]);
  });
});

const THIS_FILE = 'tests/architecture/shape.unit.test.ts';

describe('the documents', () => {
  const documents = files.filter((file) => file.endsWith('.md'));

  it.each(documents)('%s names only files and folders that exist', (document) => {
    const links = [...text(document).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, path = '']) =>
      join(dirname(document), path),
    );
    const named = [...text(document).matchAll(/`([\w.-]+(?:\/[\w.-]+)+\/?)`/g)]
      .map(([, path = '']) => path)
      .filter((path) => [...CODE, 'tests', 'docs'].some((folder) => path.startsWith(`${folder}/`)));
    expect([...links, ...named].filter((path) => !existsSync(path))).toEqual([]);
  });
});
