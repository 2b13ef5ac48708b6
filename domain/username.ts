/** The form in which usernames are compared and used in stream names: they are case-insensitive everywhere. */
export const usernameKey = (username: string): string => username.toLowerCase();

export const sameUser = (a: string, b: string): boolean => a === b || usernameKey(a) === usernameKey(b);

/** Of users given by their keys. */
export const hasUser = (keys: readonly string[], username: string): boolean =>
  keys.includes(usernameKey(username));

/** Once, however often. */
export const withUser = (keys: readonly string[], username: string): readonly string[] =>
  hasUser(keys, username) ? keys : [...keys, usernameKey(username)];

export const withoutUser = (keys: readonly string[], username: string): readonly string[] =>
  keys.filter((key) => key !== usernameKey(username));

/** Any other text is nobody's name and need not be looked up. */
export const isUsername = (text: string): boolean => USERNAME.test(text);

const USERNAME = /^[A-Za-z0-9_.@+-]{1,50}$/;
