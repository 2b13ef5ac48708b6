import { destination, type Level, type Logger, type LoggerOptions as PinoOptions, pino } from 'pino';
import pretty from 'pino-pretty';
import { createErrorSerializer } from './error-serializer.ts';

export type { Logger };

/** Standard error where standard output belongs to what a person reads. */
export type LogTarget = 'stdout' | 'stderr';

export interface LoggerOptions {
  /** The service that speaks. */
  readonly name: string;
  readonly level: Level | 'silent';
  readonly to: LogTarget;
}

const SECRET_FIELDS = [
  'password',
  'password_repeat',
  'passwordHash',
  'accessToken',
  'refreshToken',
  'token',
  'jwtSecret',
  'authorization',
  'cookie',
  'email',
  'content',
];

/** JSON lines, or readable ones when a person watches. Written at once, so that a dying process keeps its last words. */
export function createLogger({ name, level, to }: LoggerOptions): Logger {
  const fd = to === 'stdout' ? 1 : 2;
  return pino(
    { name, ...lineOptions(level) },
    process[to].isTTY
      ? pretty({
          destination: fd,
          sync: true,
          colorize: true,
          translateTime: 'HH:MM:ss',
          ignore: 'pid,hostname',
        })
      : destination({ dest: fd, sync: true }),
  );
}

/** What a line tells, wherever it goes. */
export const lineOptions = (level: LoggerOptions['level']): PinoOptions => ({
  level,
  base: { pid: process.pid },
  serializers: { err: createErrorSerializer({ withStack: level === 'debug' || level === 'trace' }) },
  redact: {
    paths: [...SECRET_FIELDS, ...SECRET_FIELDS.map((field) => `*.${field}`)],
    censor: '[redacted]',
  },
});
