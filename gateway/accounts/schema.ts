import type { ColumnType } from 'kysely';

/** The Postgres schema of the accounts: secrets and personal data, kept apart from the log and the read models. */
export const SCHEMA = 'accounts';

export interface AccountsDatabase {
  accounts: AccountRow;
  sessions: SessionRow;
  refresh_tokens: RefreshTokenRow;
  attempt_windows: AttemptWindowRow;
  login_names: LoginNameRow;
}

/** A name is an account once `activated_at` is set; before, it is only claimed by a signup under way or given up. */
export interface AccountRow {
  /** The username in lower case. */
  user_key: string;
  username: string;
  /** Command id of `register_user`, the same for every signup of this name: repeating it registers nobody twice. */
  registration_id: string;
  /** null: a later signup with this email took it from a claim that was given up. */
  email: string | null;
  email_key: string | null;
  password_hash: string;
  /** The signup that may activate the row: the newest one. */
  claim_id: string | null;
  claimed_at: ColumnType<Date, Date, Date>;
  activated_at: Date | null;
}

/**
 * Usernames and emails are one namespace, since either signs in, and this is its unique key: nobody can be called like
 * somebody else's email, however many sign up at once.
 */
interface LoginNameRow {
  /** In lower case. */
  name: string;
  /** Whose it is, also while it is only claimed. */
  user_key: string;
}

/** A refresh-token family: one per login. */
interface SessionRow {
  session_id: string;
  user_key: string;
  /** When its newest access token stops working. */
  expires_at: Date;
  /** When its newest refresh token does. */
  refreshable_until: Date;
  ended_at: Date | null;
}

interface RefreshTokenRow {
  /** SHA-256: what is stored here signs nobody in. */
  token_hash: Buffer;
  session_id: string;
  expires_at: Date;
  spent_at: Date | null;
  /** What its successor was derived with; null: it is not spent, or was by a gateway of a version that did not derive them. */
  successor_salt: Buffer | null;
}

/** Attempts at one thing by one client, until `ends_at`. */
interface AttemptWindowRow {
  /** A digest of what is limited and whose attempts these are. */
  key: string;
  /** At most as many as are allowed. */
  attempts: number;
  /** The log has been told that there were more. */
  is_reported: boolean;
  ends_at: Date;
}
