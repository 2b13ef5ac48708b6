import { mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const BUILT = fileURLToPath(new URL('../../node_modules/.cache/test-processes/', import.meta.url));

const known = new Map<string, Promise<string>>();

/**
 * A TypeScript file and all it imports from the project as one JavaScript file, which can be a process of its own: Node
 * 20 runs no TypeScript, and the project's own build leaves the tests out. Resolves with its path.
 */
export function builtEntry(entry: URL): Promise<string> {
  const path = fileURLToPath(entry);
  const building = known.get(path) ?? buildEntry(path);
  known.set(path, building);
  return building;
}

/** Other test workers may be building it, or starting it, at the same time: the file is replaced in one step. */
async function buildEntry(path: string): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    build: { ssr: path, target: 'node20', write: false, rollupOptions: { output: { format: 'es' } } },
  });
  const code = [result].flat().flatMap((bundle) => ('output' in bundle ? bundle.output : []));
  const [chunk] = code;
  if (chunk?.type !== 'chunk' || code.length > 1) throw new Error(`${path} is more than one file`);
  const built = join(BUILT, `${basename(dirname(path))}.js`);
  const ownFile = `${built}.${process.pid}`;
  await mkdir(BUILT, { recursive: true });
  await writeFile(ownFile, chunk.code);
  await rename(ownFile, built);
  return built;
}
