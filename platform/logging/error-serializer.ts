/** What a log tells of an error. */
interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: LoggedError;
}

/**
 * Errors carry more than a log may tell: PostgreSQL's hold the values of rows, others whole requests. So only named
 * fields go through, a database error's text is left out (and its stack, which begins with it), and stacks appear only
 * when asked for.
 */
export function createErrorSerializer(options: { readonly withStack: boolean }): (error: unknown) => unknown {
  const serialize = (error: unknown, depth = 0): LoggedError => {
    if (!(error instanceof Error)) return { type: typeof error, message: 'not an error' };
    const code = codeOf(error);
    const isTold = !isDatabaseError(error);
    return {
      type: error.name,
      message: isTold ? error.message : 'refused by the database',
      ...(code !== undefined && { code }),
      ...(options.withStack && isTold && error.stack !== undefined && { stack: error.stack }),
      ...(error.cause !== undefined && depth < 3 && { cause: serialize(error.cause, depth + 1) }),
    };
  };
  return (error) => serialize(error);
}

const codeOf = (error: Error): string | undefined =>
  'code' in error && typeof error.code === 'string' ? error.code : undefined;

const isDatabaseError = (error: Error): boolean => 'severity' in error && 'routine' in error;
