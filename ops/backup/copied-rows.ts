import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline as chained, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { CommandFailed } from '../exit-codes.ts';
import type { Progress } from '../output.ts';
import type { BackedUpTable, Manifest } from './manifest.ts';

const LINE_FEED = 10;

/** Hears how many rows have passed: each ends with a line feed, and within them COPY writes it as `\n`. */
export const countingRows = (onRows: (rows: number) => void) =>
  async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let rows = 0;
    for await (const chunk of chunks) {
      for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) rows += 1;
      onRows(rows);
      yield chunk;
    }
  };

/** Rejects with `CommandFailed` when a file is not as it was written. */
export async function assertUndamaged(
  directory: string,
  { tables }: Manifest,
  progress: (bytes: number) => Progress,
  signal: AbortSignal,
): Promise<void> {
  const told = progress(tables.reduce((sum, { bytes }) => sum + bytes, 0));
  let done = 0;
  for (const { file, sha256 } of tables) {
    const path = join(directory, file);
    const hash = createHash('sha256');
    try {
      await pipeline(
        createReadStream(path),
        async function* (chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) {
            done += chunk.length;
            told.at(done);
            yield chunk;
          }
        },
        hash,
        { signal },
      );
    } catch {
      if (signal.aborted) throw signal.reason;
      throw new CommandFailed(`${path} cannot be read: use another backup`);
    }
    if (hash.digest('hex') !== sha256) throw new CommandFailed(`${path} is damaged: use another backup`);
  }
  told.stop();
}

/** As COPY wrote them, still packed into lines. */
export const rowsIn = (directory: string, { file }: BackedUpTable): Readable =>
  // Whoever reads it hears of what fails on the way.
  chained(createReadStream(join(directory, file)), createGunzip(), () => {});

/** The named columns of each row, as COPY wrote them: a backslash stays one. */
export async function* columnsIn(
  directory: string,
  table: BackedUpTable,
  columns: readonly string[],
): AsyncGenerator<string[]> {
  const places = columns.map((column) => table.columns.indexOf(column));
  for await (const line of createInterface({ input: rowsIn(directory, table) })) {
    const values = line.split('\t');
    yield places.map((place) => values[place] ?? '');
  }
}
