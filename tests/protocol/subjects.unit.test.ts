import { expect, it } from 'vitest';
import {
  PROJECTED,
  PUBLISHED,
  PUSH_EVERYONE,
  pushSubject,
  SESSION_CHANGED,
  WANTED,
} from '../../protocol/subjects.ts';
import { READ_SCHEMA } from '../../read-models/schema-name.ts';

it('what has positions or epochs is told on subjects of this version of the read models: another one may run beside it', () => {
  const version = READ_SCHEMA.replace('read_', '');
  const subjects = [PROJECTED, WANTED, PUBLISHED, PUSH_EVERYONE, pushSubject('ann')];
  expect(subjects.filter((subject) => !subject.startsWith(`${version}.`))).toEqual([]);
});

it('a name is one token of a subject, in whatever case', () => {
  expect(pushSubject('A.n+N')).toBe(pushSubject('a.n+n'));
  expect(pushSubject('a.n+n').split('.')).toHaveLength(pushSubject('ann').split('.').length);
  expect(new Set([pushSubject('a.b'), pushSubject('a%2eb'), pushSubject('ab'), SESSION_CHANGED]).size).toBe(
    4,
  );
});
