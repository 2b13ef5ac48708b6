import type { z } from 'zod';

/** A configuration that cannot be used. The message names the option and what is wrong with it, in one line. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** One frozen object per service. An option that is set to nothing counts as not set. */
export function readConfiguration<Schema extends z.ZodType>(
  schema: Schema,
  environment: Environment,
): Readonly<z.output<Schema>> {
  const set = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse(set);
  if (parsed.success) return Object.freeze(parsed.data);
  const problems = parsed.error.issues.map(({ path, message, code }) => {
    const name = path.join('.');
    return `${name}: ${code === 'invalid_type' && !(name in set) ? 'is required' : message}`;
  });
  throw new ConfigurationError(problems.join('; '));
}
