import { type Kysely, type Migration, sql } from 'kysely';
import { migrateSchema } from '../../platform/postgres/migrate-schema.ts';
import { type AccountsDatabase, SCHEMA } from './schema.ts';

/** As `migrateSchema` does. `upTo`: one of `ACCOUNTS_MIGRATIONS`. */
export const migrateAccounts = (db: Kysely<AccountsDatabase>, upTo?: string): Promise<void> =>
  migrateSchema(db, { schema: SCHEMA, migrations, upTo });

const migrations: Record<string, Migration> = {
  '0001-accounts': {
    async up(db) {
      const schema = db.schema.withSchema(SCHEMA);
      await schema
        .createTable('accounts')
        .addColumn('user_key', 'text', (column) => column.primaryKey())
        .addColumn('username', 'text', (column) => column.notNull())
        .addColumn('registration_id', 'uuid', (column) => column.notNull())
        .addColumn('email', 'text')
        .addColumn('email_key', 'text', (column) => column.unique())
        .addColumn('password_hash', 'text', (column) => column.notNull())
        .addColumn('claim_id', 'uuid')
        .addColumn('claimed_at', 'timestamptz', (column) => column.notNull())
        .addColumn('activated_at', 'timestamptz')
        .execute();
      await schema
        .createTable('sessions')
        .addColumn('session_id', 'uuid', (column) => column.primaryKey())
        .addColumn('user_key', 'text', (column) => column.notNull().references(`${SCHEMA}.accounts.user_key`))
        .addColumn('expires_at', 'timestamptz', (column) => column.notNull())
        .addColumn('refreshable_until', 'timestamptz', (column) => column.notNull())
        .addColumn('ended_at', 'timestamptz')
        .execute();
      await schema.createIndex('sessions_age').on('sessions').column('refreshable_until').execute();
      await schema
        .createTable('refresh_tokens')
        .addColumn('token_hash', 'bytea', (column) => column.primaryKey())
        .addColumn('session_id', 'uuid', (column) =>
          column.notNull().references(`${SCHEMA}.sessions.session_id`).onDelete('cascade'),
        )
        .addColumn('expires_at', 'timestamptz', (column) => column.notNull())
        .addColumn('spent_at', 'timestamptz')
        .execute();
      await schema
        .createIndex('refresh_tokens_of_session')
        .on('refresh_tokens')
        .columns(['session_id', 'expires_at'])
        .execute();
      // The columns that rate-limiter-flexible expects; `expire` (Unix milliseconds) is a type that every pool reads as a number.
      await sql`create table ${sql.table(`${SCHEMA}.login_attempts`)}
        (key varchar(255) primary key, points integer not null default 0, expire double precision)`.execute(
        db,
      );
    },
  },
  // Gateways of the version before go on counting in `login_attempts` while they are being replaced.
  '0002-attempt-windows': {
    async up(db) {
      const schema = db.schema.withSchema(SCHEMA);
      await schema
        .createTable('attempt_windows')
        .addColumn('key', 'text', (column) => column.primaryKey())
        .addColumn('attempts', 'integer', (column) => column.notNull())
        .addColumn('is_reported', 'boolean', (column) => column.notNull())
        .addColumn('ends_at', 'timestamptz', (column) => column.notNull())
        .execute();
      await schema.createIndex('attempt_windows_end').on('attempt_windows').column('ends_at').execute();
    },
  },
  // Where somebody is already called like somebody else's email, the name stays whose username it is, as logging in had it.
  '0003-login-names': {
    async up(db) {
      const schema = db.schema.withSchema(SCHEMA);
      await schema
        .createTable('login_names')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('user_key', 'text', (column) =>
          column.notNull().references(`${SCHEMA}.accounts.user_key`).onDelete('cascade'),
        )
        .execute();
      await schema.createIndex('login_names_of_account').on('login_names').column('user_key').execute();
      const [accounts, names] = [sql.table(`${SCHEMA}.accounts`), sql.table(`${SCHEMA}.login_names`)];
      await sql`insert into ${names} (name, user_key)
        select distinct on (name) name, user_key from (
          select user_key as name, user_key, activated_at is null as is_pending, 0 as rank from ${accounts}
          union all
          select email_key, user_key, activated_at is null, 1 from ${accounts} where email_key is not null
        ) as held order by name, is_pending, rank`.execute(db);
    },
  },
  // Gateways of the version before leave it empty: what they spent has no successor that could be given again, as they have it.
  '0004-refresh-token-successors': {
    async up(db) {
      await db.schema
        .withSchema(SCHEMA)
        .alterTable('refresh_tokens')
        .addColumn('successor_salt', 'bytea')
        .execute();
    },
  },
};

/** In their order. */
export const ACCOUNTS_MIGRATIONS: readonly string[] = Object.keys(migrations);
