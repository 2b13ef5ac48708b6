import { z } from 'zod';
import { gameOptions } from './game-options.ts';
import { avatar, newUsername, text, USERNAME_LIMIT, usernameKey } from './scalars.ts';

/** Longer ones only cost hashing time. */
const PASSWORD_LIMIT = 1024;
const EMAIL_LIMIT = 254;
const PAGE_LIMIT = 100;
const DEFAULT_PAGE_LIMIT = 10;
/** How deep a list can be read by `offset`, which costs with each row that is passed over; `before` goes on from there. */
export const OFFSET_LIMIT = 10_000;

/** Systems write the same word in different code points; as passwords they are one. */
const nfc = z.string().normalize('NFC');

const PASSWORD_RULES = `8 to ${PASSWORD_LIMIT} UTF-16 units with a letter and a digit, without the username in it. Counted and compared in the normal form NFC.`;

export const signUpBody = z
  .object({
    username: newUsername,
    email: z
      .email('Must be an email address.')
      .max(EMAIL_LIMIT, `Must have at most ${EMAIL_LIMIT} characters.`),
    password: nfc
      .pipe(
        text(PASSWORD_LIMIT, 8)
          .regex(/\p{L}/u, 'Must contain a letter.')
          .regex(/\d/, 'Must contain a digit.'),
      )
      .describe(PASSWORD_RULES),
    password_repeat: nfc.pipe(text(PASSWORD_LIMIT)).describe('The same as `password`.'),
  })
  .refine(({ username, password }) => !contains(password, username), {
    path: ['password'],
    message: 'Must not contain the username.',
  })
  .refine(({ password, password_repeat }) => password === password_repeat, {
    path: ['password_repeat'],
    message: 'The passwords do not match.',
  });

export const logInBody = z.object({
  username: text(EMAIL_LIMIT, 1).describe('That, or the email.'),
  password: text(PASSWORD_LIMIT, 1),
});

export const erasureBody = z.object({ password: text(PASSWORD_LIMIT, 1) });

/** A nickname is made as a username is, and several may have the same. */
export const profileBody = z.object({ nickname: newUsername.optional(), avatar: avatar.optional() });

/** Of requests about another user; whether there is one is a question for the domain. */
export const userBody = z.object({ username: text(USERNAME_LIMIT, 1) });

const wholeNumber = (range: { min: number; max: number; otherwise: number; tooLarge?: string }) => {
  const { min, max, otherwise, tooLarge = `Must be at most ${max}.` } = range;
  return (
    z
      .string()
      .regex(/^\d+$/, `Must be a whole number from ${min} to ${max}.`)
      .default(String(otherwise))
      .transform((digits) => Math.min(Number(digits), max + 1))
      .pipe(z.number().min(min, `Must be at least ${min}.`).max(max, tooLarge))
      // What a query holds is text; documents say what it stands for.
      .meta({ type: 'integer', minimum: min, maximum: max, default: otherwise })
  );
};

const TOO_DEEP = `Must be at most ${OFFSET_LIMIT}: further on, send each page's \`next\` as \`before\`.`;

export const pageQuery = z.object({
  limit: wholeNumber({ min: 1, max: PAGE_LIMIT, otherwise: DEFAULT_PAGE_LIMIT }),
  offset: wholeNumber({ min: 0, max: OFFSET_LIMIT, otherwise: 0, tooLarge: TOO_DEEP }),
  before: text(200, 1)
    .optional()
    .describe("A former page's `next`; takes the place of `offset`, and stays right while rows are added."),
});

/** `false` and `true` are what clients of the first implementation say. */
const readFilter = z
  .enum(['all', 'unread', 'false', 'read', 'true'])
  .default('all')
  .transform((value) => READ_FILTERS[value])
  .meta({ default: 'all', description: '`false` means `unread`, `true` means `read`.' });

const READ_FILTERS = { all: 'all', unread: 'unread', false: 'unread', read: 'read', true: 'read' } as const;

export const notificationsQuery = pageQuery.extend({ is_read: readFilter });

export type NotificationFilter = z.output<typeof readFilter>;

/** The empty one is too short already. */
const visible = (of: z.ZodString) =>
  of
    .refine((value) => value === '' || /[^\p{C}\p{Z}]/u.test(value), 'Must not be blank.')
    .describe('Kept as it was sent, blanks included, but not blank.');

export const tournamentBody = z.object({
  name: visible(text(50, 1)),
  required_participants: z.union([z.literal(4), z.literal(8)], 'Must be 4 or 8.'),
  alias: visible(text(12, 1)),
  settings: gameOptions.prefault({}),
});

export const userSearchQuery = pageQuery.extend({
  search: text(100).default('').describe('The beginning of a username or nickname, in any case.'),
});

const contains = (password: string, username: string): boolean =>
  username !== '' && password.toLowerCase().includes(usernameKey(username));
