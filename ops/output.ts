import { Presets, SingleBar } from 'cli-progress';
import Table from 'cli-table3';
import { nowAndThen } from '../standalone/now-and-then.ts';

export type Row = Readonly<Record<string, unknown>>;

/** Where a command puts what it has found: tables and lines for people, one JSON document on standard output for scripts. */
export interface Output {
  readonly isJson: boolean;
  /** A line of what was asked for; with `--json` it is left out. */
  line(text: string): void;
  /** A note beside the answer, on standard error in both forms: progress, warnings. */
  note(text: string): void;
  /** Rows under these columns, as `{ position: 'Position' }`; nothing is printed of no rows but `empty`. */
  table(columns: Readonly<Record<string, string>>, rows: readonly Row[], empty?: string): void;
  /** The whole answer for scripts, once, at the end; without `--json` it is left out. Bigints are written as texts. */
  json(answer: unknown): void;
  /** Of long work: a bar at a terminal, elsewhere a line now and then. On standard error. */
  progress(what: string, total: number | null): Progress;
}

export interface Progress {
  /** How far it is now. Rate and time left follow from it. */
  at(done: number, total?: number): void;
  stop(): void;
}

export function createOutput(isJson: boolean): Output {
  const note = (text: string) => void process.stderr.write(`${text}\n`);
  const line = (text: string) => void (isJson || process.stdout.write(`${text}\n`));
  return {
    isJson,
    note,
    line,
    table(columns, rows, empty = 'none') {
      if (isJson) return;
      line(rows.length > 0 ? tableOf(columns, rows) : empty);
    },
    json(answer) {
      if (isJson) process.stdout.write(`${JSON.stringify(answer, withBigints, 2)}\n`);
    },
    progress: (what, total) => (process.stderr.isTTY ? bar(what, total) : lines(what, note)),
  };
}

/** No colours: it is also read in files. */
function tableOf(columns: Readonly<Record<string, string>>, rows: readonly Row[]): string {
  const made = new Table({
    style: { head: [], border: [], compact: true },
    head: Object.values(columns),
    colAligns: Object.keys(columns).map((column) =>
      rows.every((row) => isNumber(row[column])) ? 'right' : 'left',
    ),
  });
  made.push(...rows.map((row) => Object.keys(columns).map((column) => cell(row[column]))));
  return `${made}`;
}

const isNumber = (value: unknown): boolean => typeof value === 'number' || typeof value === 'bigint';

function cell(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'number' || typeof value === 'bigint') return value.toLocaleString('en');
  return value instanceof Date ? value.toISOString() : String(value);
}

const withBigints = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;

function bar(what: string, total: number | null): Progress {
  const format = `${what} {bar} {percentage} %  {value} of {total}  {rate}/s  {eta_formatted} left`;
  const made = new SingleBar({ format, hideCursor: true, etaBuffer: 100 }, Presets.shades_classic);
  const startedAt = performance.now();
  made.start(total ?? 1, 0, { rate: '–' });
  return {
    at(done, newTotal) {
      if (newTotal !== undefined) made.setTotal(newTotal);
      made.update(done, { rate: rateSince(startedAt, done) });
    },
    stop: () => made.stop(),
  };
}

function lines(what: string, note: (text: string) => void): Progress {
  const tell = nowAndThen(note);
  const startedAt = performance.now();
  return {
    at(done, total) {
      const of = total === undefined ? '' : ` of ${total.toLocaleString('en')}`;
      tell(`${what}: ${done.toLocaleString('en')}${of}, ${rateSince(startedAt, done)}/s`);
    },
    stop() {},
  };
}

const rateSince = (startedAt: number, done: number): string =>
  Math.round(done / Math.max((performance.now() - startedAt) / 1000, 0.001)).toLocaleString('en');
