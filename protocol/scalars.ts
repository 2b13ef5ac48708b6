import { z } from 'zod';

const HYPHENATED_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Any hyphenated 36-character form, answered in lower case. */
export const uuid = z
  .string()
  .regex(HYPHENATED_UUID, 'Must be a UUID.')
  .transform((value) => value.toLowerCase());

export const USERNAME_LIMIT = 50;
