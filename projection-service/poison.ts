import pg from 'pg';
import { UnprojectableEvent } from './unprojectable-event.ts';

/**
 * Whether the events are at fault rather than the database: it refused a value (22, 23), found it too big (54) or given
 * twice (21), or the projector itself failed. Repeating that changes nothing.
 */
export const isPoison = (error: unknown): boolean => reasonOf(error) !== null;

/** For logs and operators: no values, for the database's messages quote them. null: the events are not at fault. */
export function reasonOf(error: unknown): string | null {
  if (error instanceof pg.DatabaseError) {
    const code = error.code ?? '';
    return /^(21|22|23|54)/.test(code)
      ? `SQLSTATE ${code} ${error.constraint ?? error.routine ?? ''}`.trim()
      : null;
  }
  if (error instanceof UnprojectableEvent) return error.message;
  return error instanceof TypeError || error instanceof SyntaxError || error instanceof RangeError
    ? error.name
    : null;
}
