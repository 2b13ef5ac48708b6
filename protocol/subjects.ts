import { z } from 'zod';
import { usernameKey } from './scalars.ts';

/**
 * Request/reply: `CommandRequest` to `CommandReplies`, JSON, shared by all instances of the command service. A request of
 * another shape needs another subject: while an upgrade runs, services that cannot read each other must not meet.
 */
export const COMMANDS = 'commands.grouped';

/**
 * Positions and epochs are those of one version of the read models. While an upgrade fills the next one beside it, each has
 * its leader and its gateways, and must not hear the other's.
 */
const READ_SIDE = 'v6';

/** Published after each write: the decimal position up to which the read models have seen the log. */
export const PROJECTED = `${READ_SIDE}.projected`;

/** Somebody waits until the read models have seen the log up to this decimal position: the leader writes at once. It may get lost. */
export const WANTED = `${READ_SIDE}.wanted`;

/**
 * Request without content, answered by whoever leads with `LeaderPosition`, JSON: what it publishes later than that answer comes
 * to whoever had subscribed before the request. Each leader answers in a group of its own, so that one that is frozen keeps
 * nobody waiting; of two who believe that they lead, the lower epoch is wrong.
 */
export const PUBLISHED = `${READ_SIDE}.published`;

export const leaderGroup = (epoch: bigint): string => `leader-${epoch}`;

const decimal = z
  .string()
  .regex(/^-?\d{1,19}$/)
  .transform(BigInt);

export const leaderPosition = z.object({
  epoch: decimal,
  /** Everything up to there has been published, by this leader or by an earlier one. -1: nothing yet. */
  position: decimal,
});

export type LeaderPosition = Readonly<z.output<typeof leaderPosition>>;

export const encodeLeaderPosition = ({ epoch, position }: LeaderPosition): string =>
  JSON.stringify({ epoch: epoch.toString(), position: position.toString() });

/** Pushes to one user's tabs; the payload is `encodePushes`'s. */
export const pushSubject = (username: string): string => `${PUSH_USER}${subjectToken(usernameKey(username))}`;

/** Pushes to everyone's tabs, but those of one user each; the payload is `encodePushes`'s. */
export const PUSH_EVERYONE = `${READ_SIDE}.push.everyone`;

const PUSH_USER = `${READ_SIDE}.push.user.`;

export const isPushSubject = (subject: string): boolean =>
  subject === PUSH_EVERYONE || subject.startsWith(PUSH_USER);

/**
 * Published before the pushes of the same places, by a leader that traces: lines of a decimal position, a blank, and the
 * `traceparent` of what was made of it. Without tracing nobody publishes or hears it.
 */
export const TRACES = `${READ_SIDE}.traces`;

/** Who came online or went offline; the payload is `encodePresence`'s. */
export const PRESENCE = `${READ_SIDE}.presence`;

/** A session family was prolonged (refresh) or ended (logout, reuse of a spent token): its sockets follow. Or its user did something after a while. */
export const SESSION_CHANGED = 'session.changed';

export const sessionChange = z.discriminatedUnion('change', [
  z.object({ change: z.literal('renewed'), sessionId: z.string(), expiresAt: z.iso.datetime() }),
  z.object({ change: z.literal('logged_out'), sessionId: z.string() }),
  /** Wherever it has tabs that were silent for long, these count again. */
  z.object({ change: z.literal('active'), sessionId: z.string() }),
  z.object({ change: z.literal('revoked'), sessionId: z.string() }),
]);

export type SessionChange = z.infer<typeof sessionChange>;

/**
 * Request/reply between housekeeping and the gateways: the account of this username, as `accountToErase`, and its sessions are to go.
 * The answer is empty, and comes when they are gone; asked for again it is the same.
 */
export const ERASE_ACCOUNT = 'account.erase';

export const accountToErase = z.object({ username: z.string() });

/** A dot separates the tokens of a subject, so names must not bring their own. */
const subjectToken = (name: string): string => encodeURIComponent(name).replaceAll('.', '%2E');
