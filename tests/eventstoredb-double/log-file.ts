import { existsSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import type { StoredEvent } from './transaction-log.ts';

export interface LogFile {
  read(): StoredEvent[];
  /** Survives a kill of the process, not a crash of the machine. */
  write(events: readonly StoredEvent[]): void;
}

/** One line for each append. */
export function openLogFile(path: string): LogFile {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole));
  const file = openSync(path, 'a');
  return {
    read: () =>
      whole
        .split('\n')
        .filter((line) => line !== '')
        .flatMap((line) => parse(line)),
    write: (events) => void writeSync(file, `${JSON.stringify(events.map(toJson))}\n`),
  };
}

interface Line extends Omit<StoredEvent, 'position' | 'data' | 'metadata'> {
  readonly position: string;
  readonly data: string;
  readonly metadata: string;
}

const toJson = (event: StoredEvent): Line => ({
  ...event,
  position: event.position.toString(),
  data: Buffer.from(event.data).toString('base64'),
  metadata: Buffer.from(event.metadata).toString('base64'),
});

function parse(line: string): StoredEvent[] {
  const events: Line[] = JSON.parse(line);
  return events.map((event) => ({
    ...event,
    position: BigInt(event.position),
    data: Buffer.from(event.data, 'base64'),
    metadata: Buffer.from(event.metadata, 'base64'),
  }));
}
