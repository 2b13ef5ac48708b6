import { z } from 'zod';

/** A whole number in an environment variable. */
export const wholeNumber = (range: { min: number; max: number }) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(
      z
        .number()
        .min(range.min, `must be at least ${range.min}`)
        .max(range.max, `must be at most ${range.max}`),
    );

const DAY_S = 86_400;

/** A duration in seconds, at most 30 days. */
export const seconds = (min = 1) => wholeNumber({ min, max: 30 * DAY_S });

/** A duration in milliseconds, at most one day. */
export const milliseconds = (min = 1) => wholeNumber({ min, max: 1000 * DAY_S });

/** 0 takes any free port. */
export const port = () => wholeNumber({ min: 0, max: 65_535 });

/** `postgres://user:password@host:port/database` */
export const postgresUrl = () => z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' });
