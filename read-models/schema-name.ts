/**
 * The Postgres schema of the current read models. A change that old rows cannot follow gets the next number and is
 * filled from the log beside this one.
 */
export const READ_SCHEMA = 'read_v6';
