import { z } from 'zod';
import { ERRORS, type ErrorCode } from './error-codes.ts';

/** In any case, and without a flag: the documents show the pattern, and have no flags. */
const HYPHENATED_UUID = /^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/;

/** As clients send it: any hyphenated 36-character form, answered in lower case. */
export const uuid = z
  .string()
  .regex(HYPHENATED_UUID, 'Must be a UUID.')
  .transform((value) => value.toLowerCase());

/** A UUID as the server sends it. */
export const id = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

export const date = z.iso.datetime({ precision: 3 }).describe('ISO 8601, UTC, with milliseconds.');

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code);

export const errorCode = z.enum(Object.keys(ERRORS).filter(isErrorCode));

/** Text of `min` to `max` UTF-16 units that every store can keep and give back: without U+0000 and halves of characters. */
export const text = (max: number, min = 0) =>
  z
    .string()
    .min(min, min === 1 ? 'Must not be empty.' : `Must have at least ${min} characters.`)
    .max(max, `Must have at most ${max} characters.`)
    .refine(
      (value) => !value.includes('\u0000') && value.isWellFormed(),
      'Has characters that are not allowed.',
    )
    .describe('Without U+0000 and lone surrogates.');

export const USERNAME_LIMIT = 50;

const USERNAME = new RegExp(`^[A-Za-z0-9_.@+-]{1,${USERNAME_LIMIT}}$`);

/** A user's name as the server sends it, in the case that it was registered with. */
export const username = z.string().regex(USERNAME);

/** Whether anybody can have this name. */
export const isUsername = (name: string): boolean => USERNAME.test(name);

/** Under which a username is found, stored and compared: it is the same in any case. Also of an email that signs in. */
export const usernameKey = (username: string): string => username.toLowerCase();

const AVATAR_LIMIT = 512;

/**
 * What a URL is made of (RFC 3986), but the apostrophe, which ends an attribute in careless HTML. Browsers take none of these
 * for another and leave none out, as they do with backslashes, tabs and blanks.
 */
const URL_CHARACTERS = /^[\w.~:/?#[\]@!$&()*+,;=%-]*$/;

/** Somewhere else, without a user's name before the host. */
const HTTPS_URL = /^https:\/\/[^/?#@]+(?:[/?#]|$)/i;

/** Two slashes would begin the name of another host. */
const PATH = /^\/(?!\/)/;

const isHarmlessPicture = (url: string): boolean =>
  URL_CHARACTERS.test(url) && (HTTPS_URL.test(url) || PATH.test(url)) && URL.canParse(url, 'https://here');

/** URL of a user's picture, which others' clients show. */
export const avatar = text(AVATAR_LIMIT)
  .refine(
    (url) => url === '' || isHarmlessPicture(url),
    'Must be an https URL, a path that begins with one slash, or empty.',
  )
  .describe(
    'URL of a picture: by https and without a user name, or a path on this origin that begins with one slash. Empty: none.',
  );

/** A name that somebody wants to have. `.` and `..` mean a place in a path: no URL could name their owner. */
export const newUsername = z
  .string()
  .regex(USERNAME, `Must have 1 to ${USERNAME_LIMIT} letters, digits or any of _ . @ + - .`)
  .refine((name) => name !== '.' && name !== '..', 'Must not be a dot or two.')
  .describe('Not `.` or `..`, which no path can name.');
