/** The form in which usernames are compared and used in stream names: they are case-insensitive everywhere. */
export const usernameKey = (username: string): string => username.toLowerCase();

export const sameUser = (a: string, b: string): boolean => a === b || usernameKey(a) === usernameKey(b);

/** Any other text is nobody's name and need not be looked up. */
export const isUsername = (text: string): boolean => USERNAME.test(text);

const USERNAME = /^[A-Za-z0-9_.@+-]{1,50}$/;
