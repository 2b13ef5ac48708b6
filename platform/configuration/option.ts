import { z } from 'zod';

/** A whole number in an environment variable. What is none goes no further: rules that compare options would only complain too. */
export const wholeNumber = (range: { min: number; max: number }) =>
  z
    .string()
    .regex(/^\d{1,15}$/, { error: 'must be a whole number', abort: true })
    .transform(Number)
    .pipe(
      z
        .number()
        .min(range.min, { error: `must be at least ${range.min}`, abort: true })
        .max(range.max, { error: `must be at most ${range.max}`, abort: true }),
    );

/** One word of a few. */
export const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, `must be one of ${words.join(', ')}`);

const DAY_S = 86_400;

/** A duration in seconds, at most 30 days. */
export const seconds = (min = 1) => wholeNumber({ min, max: 30 * DAY_S });

/** A duration in milliseconds, at most one day. */
export const milliseconds = (min = 1) => wholeNumber({ min, max: 1000 * DAY_S });

/** 0 takes any free port. */
export const port = () => wholeNumber({ min: 0, max: 65_535 });

/** `postgres://user:password@host:port/database` */
export const postgresUrl = () => z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' });
