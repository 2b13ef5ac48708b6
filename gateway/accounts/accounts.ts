import { Kysely } from 'kysely';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Clock } from '../../platform/clock.ts';
import type { MessageBus } from '../../platform/message-bus/message-bus.ts';
import { isUnavailable } from '../../platform/postgres/is-unavailable.ts';
import { preparedDialect } from '../../platform/postgres/prepared-dialect.ts';
import { SESSION_CHANGED, type SessionChange } from '../../protocol/subjects.ts';
import type { SendCommand } from '../command-client.ts';
import type { GatewayConfiguration } from '../configuration.ts';
import { createAccessTokens } from './access-tokens.ts';
import { createAttemptLimit } from './attempt-limit.ts';
import { createEraseAccount, type EraseAccount } from './erase-account.ts';
import { inLane, LANES, type Lanes, openLanes } from './lanes.ts';
import { createLogIn, type LogIn, type ProvePassword } from './log-in.ts';
import { migrateAccounts } from './migrations.ts';
import { createNameClaims, takenFields } from './name-claims.ts';
import { createPasswords, type Passwords } from './passwords.ts';
import { type AccountsDatabase, SCHEMA } from './schema.ts';
import { type Sessions, SessionsUnavailable } from './session.ts';
import { createSessionRenewal, type SessionRenewal } from './session-renewal.ts';
import { createSessionTokens } from './session-tokens.ts';
import { createSignUp, type SignUp } from './sign-up.ts';
import {
  createFindSession,
  createSessionEnd,
  createStartSession,
  type SessionEnd,
} from './stored-sessions.ts';
import { createSuccession } from './succession.ts';

/**
 * Who may sign in, and who is signed in. Every function rejects with `SessionsUnavailable` when the database is away;
 * signups, logins and renewals, which wait in `LANES`, also with `Overloaded` and `Abandoned`. Renewals and ends of
 * sessions are published on `SESSION_CHANGED`.
 */
export interface Accounts extends Sessions {
  readonly signUp: SignUp;
  readonly logIn: LogIn;
  readonly provePassword: ProvePassword;
  readonly erase: EraseAccount;
  readonly acceptsRefresh: SessionRenewal['accepts'];
  readonly refresh: SessionRenewal['renew'];
  readonly logOut: SessionEnd['logOut'];
}

export interface AccountsOptions {
  /** Stays its owner's to end. */
  readonly pool: pg.Pool;
  readonly bus: MessageBus;
  readonly sendCommand: SendCommand;
  readonly configuration: Pick<
    GatewayConfiguration,
    | 'JWT_SECRET'
    | 'ACCESS_TOKEN_TTL_S'
    | 'REFRESH_TOKEN_TTL_S'
    | 'REFRESH_GRACE_S'
    | 'LOGIN_LIMIT'
    | 'LOGIN_WINDOW_S'
    | 'SIGNUP_LIMIT'
    | 'SIGNUP_WINDOW_S'
  >;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly logger: Logger;
  /** Argon2id when not given. */
  readonly passwords?: Passwords;
  /** `LANES` when not given. */
  readonly lanes?: Lanes;
}

/** Failed logins per address for each one per name and address. */
const ADDRESS_FACTOR = 10;

/** Brings the accounts' schema up to date, then serves from it. */
export async function openAccounts(options: AccountsOptions): Promise<Accounts> {
  const { pool, bus, sendCommand, configuration, clock, newId, logger } = options;
  const db = new Kysely<AccountsDatabase>({ dialect: preparedDialect(pool) }).withSchema(SCHEMA);
  await migrateAccounts(db);

  const passwords = options.passwords ?? createPasswords();
  const accessTokens = await createAccessTokens(configuration.JWT_SECRET, clock);
  const tokens = createSessionTokens({
    accessTokens,
    accessTokenTtlS: configuration.ACCESS_TOKEN_TTL_S,
    refreshTokenTtlS: configuration.REFRESH_TOKEN_TTL_S,
    clock,
  });
  const announce = (change: SessionChange): void => {
    logger.debug(change, 'session changed');
    bus.publish(SESSION_CHANGED, JSON.stringify(change));
  };
  const startSession = createStartSession(tokens, newId);
  const end = createSessionEnd({ db, announce, clock, logger });
  const renewal = createSessionRenewal({
    db,
    tokens,
    succession: createSuccession(configuration.JWT_SECRET),
    graceS: configuration.REFRESH_GRACE_S,
    end,
    announce,
  });
  const find = translateOutage(createFindSession(db));
  const limitOf = (name: string, limit: number, windowS: number) =>
    createAttemptLimit({ db, clock, logger, name, limit, windowS });
  const { LOGIN_LIMIT, LOGIN_WINDOW_S } = configuration;
  const loginLimits = {
    ofIdentifier: limitOf('failed logins with one name', LOGIN_LIMIT, LOGIN_WINDOW_S),
    ofAddress: limitOf('failed logins', LOGIN_LIMIT * ADDRESS_FACTOR, LOGIN_WINDOW_S),
  };
  const signUp = createSignUp({
    limit: limitOf('signups', configuration.SIGNUP_LIMIT, configuration.SIGNUP_WINDOW_S),
    claims: createNameClaims({ db, startSession, clock, newId }),
    takenFields: (wanted) => takenFields(db, wanted),
    passwords,
    sendCommand,
  });
  const { logIn, provePassword } = await createLogIn({ db, limits: loginLimits, passwords, startSession });
  const lanes = openLanes(options.lanes ?? LANES);

  return {
    async authenticate(accessToken) {
      const claims = await accessTokens.verify(accessToken);
      return claims && find(claims.sessionId);
    },
    find,
    signUp: translateOutage(inLane(lanes.signUps, signUp)),
    logIn: translateOutage(inLane(lanes.logins, logIn)),
    provePassword: translateOutage(inLane(lanes.logins, provePassword)),
    erase: translateOutage(createEraseAccount(db, announce)),
    acceptsRefresh: translateOutage(inLane(lanes.renewals, renewal.accepts)),
    refresh: translateOutage(inLane(lanes.renewals, renewal.renew)),
    logOut: translateOutage(end.logOut),
  };
}

function translateOutage<Argument, Result>(
  work: (argument: Argument) => Promise<Result>,
): (argument: Argument) => Promise<Result> {
  return async (argument) => {
    try {
      return await work(argument);
    } catch (error) {
      throw isUnavailable(error)
        ? new SessionsUnavailable('accounts database away', { cause: error })
        : error;
    }
  };
}
