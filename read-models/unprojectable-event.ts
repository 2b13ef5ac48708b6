/** An event that contradicts those before it, or has another shape. The message goes to logs and operators: no content, no names. */
export class UnprojectableEvent extends Error {
  override readonly name = 'UnprojectableEvent';
}

/** For what is computed from events alone: whatever `compute` throws is their fault. Throws `UnprojectableEvent`. */
export function fromEvents<Result>(compute: () => Result): Result {
  try {
    return compute();
  } catch (error) {
    if (error instanceof UnprojectableEvent) throw error;
    throw new UnprojectableEvent(error instanceof Error ? error.name : 'unknown failure');
  }
}
