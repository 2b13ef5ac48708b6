import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { DIST } from '../support/rally-process.ts';

const WEB = join(DIST, 'web');

/** Of what is sent, compressed, in bytes. */
const LIMITS = { embed: 60_000, page: 80_000 } as const;

/** What a browser loads before anything runs. */
function loadedWith(entry: string, loaded = new Set<string>()): Set<string> {
  if (loaded.has(entry)) return loaded;
  loaded.add(entry);
  const text = readFileSync(entry, 'utf8');
  const imports = entry.endsWith('.html')
    ? [...text.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css))"/g)].map(([, path = '']) => join(WEB, path))
    : [...text.matchAll(/(?:from|import)\s*"(\.[^"]+)"/g)].map(([, path = '']) => join(dirname(entry), path));
  for (const file of imports) loadedWith(file, loaded);
  return loaded;
}

const gzipped = (files: Iterable<string>): number =>
  [...files].reduce((sum, file) => {
    const [compressed, plain] = [`${file}.gz`, file].map((path) => {
      try {
        return readFileSync(path).length;
      } catch {
        return null;
      }
    });
    return sum + (compressed ?? plain ?? 0);
  }, 0);

it.each([
  ['embed', 'embed.js'],
  ['page', 'index.html'],
] as const)('the %s stays within its budget', (name, entry) => {
  const files = loadedWith(join(WEB, entry));
  const size = gzipped(files);
  process.stdout.write(`web client, ${name}: ${size} bytes, minified and gzipped\n`);
  expect(files.size).toBeGreaterThan(1);
  expect(size).toBeLessThanOrEqual(LIMITS[name]);
});
