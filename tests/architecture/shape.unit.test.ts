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
  (file) => /\.tsx?$/.test(file) && CODE.some((folder) => file.startsWith(`${folder}/`)),
);
const text = (file: string): string => readFileSync(file, 'utf8');

/** In lines. */
const LONGEST = 250;

/** In lines of code, imports not counted. */
const SHORTEST = 5;

const SMALL_FILES: Readonly<Record<string, string>> = {
  'bench/measures/rate-grid.ts': 'the rates that both ways to measure choose from',
  'bench/processes/exit-with-parent.ts': 'what each process calls that a bench starts',
  'domain/username.ts': 'what all aggregates, which do not know each other, know of a name',
  'platform/clock.ts': 'a type that nearly every part is given',
  'web/css.d.ts': 'what TypeScript has to know of style sheets',
  'web/kit/readable.ts': 'the one way in which components see stores',
  'read-models/written-date.ts': 'how every room keeps a date, and every query writes one',
};

/** Without comments, empty lines and imports. */
const linesOfCode = (code: string): number =>
  code
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^import\b[^;]*;$/gm, '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('//')).length;

describe('the shape of the house', () => {
  it('is made of files that are read at one go: none is longer than 250 lines', () => {
    expect(source.filter((file) => text(file).trimEnd().split('\n').length > LONGEST)).toEqual([]);
  });

  it('has no closets: a file of a line or two stands with what it is read with, or has a reason', () => {
    expect(source.filter((file) => linesOfCode(text(file)) < SHORTEST && !(file in SMALL_FILES))).toEqual([]);
    expect(Object.keys(SMALL_FILES).filter((file) => !source.includes(file))).toEqual([]);
  });

  it('has no folder or file for leftovers', () => {
    const leftovers = /(^|\/)(utils?|helpers?|common|types|misc|shared|lib)(\/|\.ts$)/;
    expect(files.filter((file) => leftovers.test(file))).toEqual([]);
  });

  it('silences no tool and leaves nothing for later', () => {
    const silenced = /@ts-(ignore|expect-error|nocheck)|biome-ignore|\bas unknown as\b|\b(TODO|FIXME|XXX)\b/;
    const checked = files.filter((file) => /\.(tsx?|json|md|yaml)$/.test(file) && file !== THIS_FILE);
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
