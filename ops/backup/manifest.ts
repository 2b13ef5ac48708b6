import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../../platform/json.ts';
import { CommandFailed } from '../exit-codes.ts';

const FILE = 'manifest.json';
/** Grows when an older Rally could not restore what is written. */
const FORMAT = 1;
/** A backup may come from anywhere: a name goes into SQL and into a path. */
const name = z.string().regex(/^[a-z_][a-z0-9_]*$/);

const table = z.object({
  schema: name,
  table: name,
  columns: z.array(name),
  rows: z.int(),
  /** In the backup's directory. */
  file: z.string().regex(/^[a-z0-9_.]+$/),
  bytes: z.int(),
  sha256: z.string(),
});

const manifest = z.object({
  format: z.literal(FORMAT),
  /** The version that wrote it. */
  rally: z.string(),
  /** By the database's clock: what was committed by then is in it. */
  taken_at: z.string(),
  /** Of the PostgreSQL that it was taken from. */
  postgres: z.string(),
  /** null: the log is elsewhere. `position`: of its last event; -1: it is empty. */
  log: z.object({ identity: z.string().nullable(), position: z.string() }).nullable(),
  /** By schema. */
  migrations: z.record(name, z.array(z.string())),
  /** In the order in which they can be filled. */
  tables: z.array(table),
});

export type Manifest = z.output<typeof manifest>;
export type BackedUpTable = z.output<typeof table>;

export const FORMAT_NOW: Manifest['format'] = FORMAT;

const digestOf = (content: unknown): string =>
  createHash('sha256').update(JSON.stringify(content)).digest('hex');

export async function writeManifest(directory: string, content: Manifest): Promise<void> {
  const file = await open(join(directory, FILE), 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify({ ...content, sha256: digestOf(content) }, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Rejects with `CommandFailed` when this is no backup, a damaged one, or a newer Rally's. */
export async function readManifest(directory: string): Promise<Manifest> {
  const text = await readFile(join(directory, FILE), 'utf8').catch(() => {
    throw new CommandFailed(`there is no backup in ${directory}: ${FILE} cannot be read`);
  });
  const { sha256, ...content } = z
    .looseObject({ sha256: z.string() })
    .catch({ sha256: '' })
    .parse(parseJson(text));
  if (sha256 !== digestOf(content))
    throw new CommandFailed(`${join(directory, FILE)} is damaged: use another backup`);
  const parsed = manifest.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new CommandFailed(
    `${directory} was written by Rally ${content.rally}: restore it with that one, or a newer one`,
  );
}
