import { z } from 'zod';
import {
  milliseconds,
  oneOf,
  port,
  postgresUrl,
  seconds,
  wholeNumber,
} from '../platform/configuration/option.ts';
import { livenessConfiguration } from '../platform/liveness/configuration.ts';
import { messageBusConfiguration } from '../platform/message-bus/configuration.ts';
import {
  keepsApart,
  OPS_PORT_TAKEN,
  processConfiguration,
} from '../platform/service/process-configuration.ts';

/** Another spelling, such as a slash at the end, would never be equal to what a browser sends. */
const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;

const isGameUrl = (text: string): boolean =>
  /^https?:\/\//.test(text) && URL.canParse(text) && text.includes('{game_id}');

/** What the gateway reads from the environment. The public address defaults to `http://HOST:PORT`. */
export const gatewayConfiguration = z.object({
  /** The interface the public address listens on. Loopback, so that a first run exposes nothing. */
  HOST: z.string().default('127.0.0.1'),
  /** `/api` and `/ws/events` share it. 0 takes any free port. */
  PORT: port().default(8080),
  /** Signs access tokens (HS256): at least 32 bytes, the same in every gateway. */
  JWT_SECRET: z.string().min(32, 'must be at least 32 characters'),
  /**
   * What the game server authenticates with, as a bearer token, when it reports the end of a game: the same in every gateway.
   * None: nobody can.
   */
  SERVICE_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{32,}$/, 'must be at least 32 characters, without blanks')
    .optional(),
  /** Where people play a game, `{game_id}` in place of its id. None: there is no game server, and players report the end of a game. */
  GAME_URL: z
    .string()
    .refine(isGameUrl, 'must be an http:// or https:// URL with {game_id} in it')
    .optional(),
  /** Whether the web client is served at `/`, and the elements of it for pages of others at `/embed.js`. */
  WEB_CLIENT: oneOf(['on', 'off']).default('on'),
  /** Comma-separated origins of web pages that may use the API with cookies; none: the public address itself. */
  ALLOWED_ORIGINS: z
    .string()
    .transform((origins) => origins.split(',').map((origin) => origin.trim()))
    .refine(
      (origins) => origins.every(isOrigin),
      'must be origins as browsers send them: https://play.example.com',
    )
    .optional(),
  /**
   * How many proxies of ours a request passes: what is limited per address counts against the one that is so many-th
   * from the right in `X-Forwarded-For`. More than there are would let clients choose it. 0: the connection's own.
   *
   * IPv6 addresses count as their /64, which one machine can have to itself.
   */
  TRUSTED_PROXY_HOPS: wholeNumber({ min: 0, max: 10 }).default(0),
  /** Short, because a stolen access token works until then. */
  ACCESS_TOKEN_TTL_S: seconds().default(900),
  /** How long a user may be away without signing in again. */
  REFRESH_TOKEN_TTL_S: seconds().default(7200),
  /**
   * A refresh token that comes back so soon after it was spent is answered as it was the first time: its answer got lost, or two
   * tabs woke together. Longer than a client takes to ask again, and no longer: so long a thief goes unnoticed. 0: never.
   */
  REFRESH_GRACE_S: wholeNumber({ min: 0, max: 60 }).default(10),
  /**
   * More frames than this in a second close the tab's socket (3029), and so do more pings and pongs, or what is more than
   * five times as many frames from all tabs of its user. Far above what a person does.
   */
  FRAME_LIMIT_PER_S: wholeNumber({ min: 1, max: 100_000 }).default(50),
  /** Open sockets of one address whose session has not been found yet; further handshakes are refused with HTTP 429. */
  PENDING_SOCKETS_PER_ADDRESS: wholeNumber({ min: 1, max: 1_000_000 }).default(100),
  /** Open sockets of one user at this gateway; the next one is turned away (3030). */
  SOCKETS_PER_USER: wholeNumber({ min: 1, max: 100_000 }).default(20),
  /** Sockets of one user that may look up within a second what they missed, two at a time; more wait for their turn. */
  RESUMES_PER_USER_PER_S: wholeNumber({ min: 1, max: 100_000 }).default(8),
  /** Failed logins per name that was typed, username or email, and address in a window; ten times as many per address. */
  LOGIN_LIMIT: wholeNumber({ min: 1, max: 1_000_000 }).default(10),
  /** A window starts with its first failed login. */
  LOGIN_WINDOW_S: seconds().default(60),
  /**
   * New accounts per address in a window; a name or email that is taken counts as well, because it tells of somebody. As
   * many as people behind one address make, and too few to fill a database.
   */
  SIGNUP_LIMIT: wholeNumber({ min: 1, max: 1_000_000 }).default(20),
  /** A window starts with its first signup. */
  SIGNUP_WINDOW_S: seconds().default(60),
  /** A command that is not answered by then is `unavailable`, retryable. */
  COMMAND_TIMEOUT_MS: milliseconds().default(2000),
  /** How long an HTTP command waits until its effect can be read, and a GET until what it names in `X-Rally-After` can. */
  READ_YOUR_WRITES_MS: milliseconds().default(2000),
  /** Frames of one tab that are not answered yet; beyond, they are refused as `unavailable`. */
  PENDING_FRAMES_LIMIT: wholeNumber({ min: 1, max: 100_000 }).default(256),
  /**
   * How long a tab that comes, or has a hole to fill, waits until a projection service leads and the read models have caught up;
   * then it is closed (3001), and comes again. A change of leaders takes some 3 s.
   */
  CATCH_UP_TIMEOUT_MS: milliseconds().default(10_000),
  /** More missed events than this are not replayed (`recovered: false`): reloading is cheaper. */
  RESUME_LIMIT: wholeNumber({ min: 0, max: 100_000 }).default(1000),
  /** More unsent bytes than this close a tab that does not read (3008). */
  SLOW_CONSUMER_BYTES: wholeNumber({ min: 1024, max: 1_000_000_000 }).default(1024 * 1024),
  /** How often each tab gets a `ping` frame: so long, twice over, without any frame tells a browser that its connection is dead. */
  PING_INTERVAL_S: wholeNumber({ min: 1, max: 300 }).default(25),
  /** A connection from which nothing, not even a pong, has come for this long is dead. */
  IDLE_TIMEOUT_S: wholeNumber({ min: 8, max: 960 }).default(120),
  /** A request that has not arrived whole by then is answered 408, and its connection ends. */
  REQUEST_TIMEOUT_S: wholeNumber({ min: 1, max: 300 }).default(15),
  /** Who has no tab any more stays online for so long: a page that is loaded again, or a gateway that drains, says nothing to others. */
  OFFLINE_GRACE_MS: milliseconds(0).default(3000),
  ...livenessConfiguration.shape,
});

export type GatewayConfiguration = Readonly<z.output<typeof gatewayConfiguration>>;

/** What a gateway that is a process of its own reads besides. */
export const gatewayProcessConfiguration = z
  .object({
    ...processConfiguration({ opsPort: 8093, logLevel: 'info' }).shape,
    ...gatewayConfiguration.shape,
    ...messageBusConfiguration.shape,
    /** Of the read models and the accounts. */
    DATABASE_URL: postgresUrl(),
  })
  .refine((options) => keepsApart(options), OPS_PORT_TAKEN);
