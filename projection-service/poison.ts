import pg from 'pg';
import { UnprojectableEvent } from '../read-models/unprojectable-event.ts';

/**
 * Why the events are at fault rather than the database: it refused a value (22, 23), found it too big (54) or given
 * twice (21), or they could not be folded; repeating that changes nothing. null: the events are not at fault, whatever
 * failed: an I/O library throws a TypeError too.
 *
 * For logs and operators: without values, which the database's own messages quote.
 */
export function poisonReason(error: unknown): string | null {
  if (error instanceof pg.DatabaseError) {
    const code = error.code ?? '';
    return POISON_STATE.test(code) ? ['SQLSTATE', code, error.constraint].filter(Boolean).join(' ') : null;
  }
  return error instanceof UnprojectableEvent ? error.message : null;
}

const POISON_STATE = /^(21|22|23|54)/;
