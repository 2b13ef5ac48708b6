import { createRequire } from 'node:module';
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';

export interface Entry {
  readonly name: string;
  /** What it runs, in one line. */
  readonly purpose: string;
  /** Its options, all of them environment variables. */
  readonly options: Readonly<Record<string, z.ZodType>>;
}

const KNOWN = { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'v' } } as const;

/**
 * What to print in place of running, when that was asked for; null: nothing was. Throws `UnknownArgument`, so that
 * nobody believes to have set a port by `--port`.
 */
export function answerArguments(entry: Entry, argv: readonly string[]): string | null {
  const [, path = '', ...args] = argv;
  const { tokens, values } = parseArgs({ args, options: KNOWN, strict: false, tokens: true });
  const unknown = tokens.find((token) => token.kind !== 'option' || !(token.name in KNOWN));
  if (unknown) throw new UnknownArgument(args[unknown.index] ?? '');
  if (values.help) return help(entry, path);
  return values.version ? `rally ${version()}\n` : null;
}

export class UnknownArgument extends Error {
  override readonly name = 'UnknownArgument';

  constructor(argument: string) {
    super(`${argument} is unknown here: options are environment variables, --help lists them`);
  }
}

const help = ({ purpose, options }: Entry, path: string): string =>
  [
    `usage: node ${relative(process.cwd(), path)} [--help | --version]`,
    '',
    purpose,
    '',
    'Options are environment variables; README.md and docs/operations/deploy.md say what they mean:',
    ...Object.entries(options).map(([name, option]) => `  ${name.padEnd(30)}${defaultOf(option)}`.trimEnd()),
    '',
  ].join('\n');

function defaultOf(option: z.ZodType): string {
  const unset = option.safeParse(undefined);
  if (!unset.success) return 'required';
  return unset.data === undefined ? '' : String(unset.data);
}

/** `#package.json` is found from the sources as well as from what is built of them. */
export const version = (): string =>
  z.object({ version: z.string() }).parse(createRequire(import.meta.url)('#package.json')).version;
