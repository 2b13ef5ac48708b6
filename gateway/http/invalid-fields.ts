import type { z } from 'zod';
import type { FieldProblem } from '../../protocol/http-resources.ts';

/** Ends a request with 422 and the fields at fault. */
export class InvalidFields extends Error {
  override readonly name = 'InvalidFields';
  readonly problems: readonly FieldProblem[];

  constructor(problems: readonly FieldProblem[]) {
    super('invalid fields');
    this.problems = problems;
  }
}

/** The value as the schema gives it; throws `InvalidFields`. A body that was not sent lacks each of its fields. */
export function parsed<Schema extends z.ZodType>(
  schema: Schema,
  part: 'body' | 'query',
  value: unknown,
): z.output<Schema> {
  const input = value === undefined ? {} : value;
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const { issues } = result.error;
  throw new InvalidFields(
    issues.filter((issue) => !isAboutWrongType(issue, issues)).map((issue) => problemOf(issue, part, input)),
  );
}

/** What else is wrong with a value of the wrong type says nothing to anybody. */
const isAboutWrongType = (issue: z.core.$ZodIssue, all: readonly z.core.$ZodIssue[]): boolean =>
  issue.code !== 'invalid_type' &&
  all.some((other) => other.code === 'invalid_type' && other.path.join() === issue.path.join());

function problemOf(issue: z.core.$ZodIssue, part: string, input: unknown): FieldProblem {
  const loc = [part, ...issue.path.map(String)];
  return valueAt(input, issue.path) === undefined
    ? { loc, msg: 'This field is required.', type: 'missing' }
    : { loc, msg: issue.message, type: issue.code };
}

const valueAt = (input: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null
        ? Object.getOwnPropertyDescriptor(value, key)?.value
        : undefined,
    input,
  );
