import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { createErrorSerializer } from '../../platform/logging/error-serializer.ts';

describe('a logged error', () => {
  const serialize = createErrorSerializer({ withStack: false });

  it('has its type, message and code, and the same of its causes', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect(serialize(new TypeError('no database', { cause }))).toEqual({
      type: 'TypeError',
      message: 'no database',
      cause: { type: 'Error', message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' },
    });
  });

  it('of the database tells its state, never values of rows or statements', () => {
    const error = new pg.DatabaseError('invalid input syntax: "secret"', 1, 'error');
    Object.assign(error, {
      severity: 'ERROR',
      code: '22P02',
      routine: 'x',
      detail: 'Key (email)=(ann@example.com)',
    });
    for (const told of [serialize, createErrorSerializer({ withStack: true })]) {
      const logged = JSON.stringify(told(error));
      expect(logged).toContain('22P02');
      expect(logged).not.toMatch(/secret|ann@example/);
    }
  });

  it('carries nothing else that hangs on it', () => {
    const error = Object.assign(new Error('failed'), { request: { password: 'hunter2' } });
    expect(JSON.stringify(serialize(error))).not.toContain('hunter2');
    expect(serialize('a thrown text with hunter2')).toEqual({ type: 'string', message: 'not an error' });
  });

  it('shows where it came from only when asked for', () => {
    const error = new Error('failed');
    expect(serialize(error)).not.toHaveProperty('stack');
    expect(createErrorSerializer({ withStack: true })(error)).toHaveProperty('stack', error.stack);
  });
});
