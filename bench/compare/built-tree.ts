import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A working copy of Rally that has been built. */
export interface BuiltTree {
  /** For people. */
  readonly name: string;
  /** The folder of its compiled code. */
  readonly build: URL;
}

/** Throws, with a line for a person, where nothing has been built. */
export function builtTree(name: string, directory: string): BuiltTree {
  const build = join(resolve(directory), 'dist');
  if (!existsSync(join(build, 'standalone/main.js')))
    throw new Error(`${directory} is no built Rally: run \`make build\` there first`);
  return { name, build: pathToFileURL(`${build}/`) };
}
