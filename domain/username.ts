/** The form in which usernames are compared and used in stream names: they are case-insensitive everywhere. */
export const usernameKey = (username: string): string => username.toLowerCase();

export const sameUser = (a: string, b: string): boolean => a === b || usernameKey(a) === usernameKey(b);
