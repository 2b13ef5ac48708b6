import { cp, rm } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { build } from 'esbuild';
import ts from 'typescript';
import { wireDeclarations } from './wire-declarations.ts';

/** What users import, by the name of its subpath. */
export const ENTRIES = ['index', 'node', 'react', 'signals'] as const;

const WIRE = 'client/wire.ts';

/** Makes `folder` the package: its modules and their types. Works on the checkout that is the current directory. */
export async function buildPackage(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await build({
    entryPoints: ENTRIES.map((name) => `client/${name}.ts`),
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    // React, signals and `node:` are their users' own. Whoever bundles it minifies it, and whoever debugs it wants to read it.
    packages: 'external',
    chunkNames: 'chunks/[hash]',
  });
  writeDeclarations(join(folder, 'types'));
  for (const file of ['package.json', 'README.md']) await cp(join('client', file), join(folder, file));
}

function writeDeclarations(folder: string): void {
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, '.');
  const program = ts.createProgram(
    ENTRIES.map((name) => `client/${name}.ts`),
    {
      ...options,
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      outDir: folder,
      emptyOutDir: false,
      sourceMap: false,
    },
  );
  const wire = program.getSourceFile(WIRE);
  if (!wire) throw new Error(`${WIRE} is not part of the client`);
  const write: ts.WriteFileCallback = (file, text) => {
    const isWire = basename(file) === 'wire.d.ts';
    ts.sys.writeFile(file, isWire ? wireDeclarations(program, wire) : importsOfBuilt(text), false);
  };
  for (const source of program.getSourceFiles()) if (isShown(source)) program.emit(source, write);
}

/** The client's own, and what of the protocol is there at run time. */
const isShown = ({ fileName }: ts.SourceFile): boolean =>
  /^(client|protocol\/close-codes\.ts$)/.test(relative('.', fileName));

/** Declarations name the files that stand beside them. */
const importsOfBuilt = (declarations: string): string =>
  declarations.replaceAll(/(from '|import\(')(\.[^']+)\.ts'/g, "$1$2.js'");
