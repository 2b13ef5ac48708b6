import type { ComponentChildren } from 'preact';
import { useProblem } from './problems.ts';

interface ProblemProps {
  /** null: nothing is shown. */
  readonly error: unknown;
  /** What else stands there, such as a way on. */
  readonly children?: ComponentChildren;
}

/** Why what somebody asked for did not come about, seen and heard at once. */
export function Problem({ error, children }: ProblemProps) {
  const problem = useProblem();
  return error === null ? null : (
    <p class="problem" role="alert">
      {problem(error)}
      {children}
    </p>
  );
}
