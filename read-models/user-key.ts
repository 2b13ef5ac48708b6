import { usernameKey } from '../protocol/scalars.ts';

/**
 * How users are found: names compare case-insensitively. U+0000 is in no name and PostgreSQL refuses it even in a
 * question, so it is asked for as something that is in no name either.
 */
export const userKey = (username: string): string => usernameKey(username).replaceAll('\u0000', '\uFFFD');

/** Everything a name can be found by: each of its beginnings, the empty one included. */
export function beginnings(name: string): string[] {
  const found = [''];
  for (const character of name) found.push(found.at(-1) + character);
  return found;
}
