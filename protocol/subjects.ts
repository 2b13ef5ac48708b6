import { z } from 'zod';

/**
 * Request/reply: `CommandRequest` to `CommandReplies`, JSON, shared by all instances of the command service. A request of
 * another shape needs another subject: while an upgrade runs, services that cannot read each other must not meet.
 */
export const COMMANDS = 'commands.grouped';

/** Published after each projected batch: the decimal position up to which the read models have seen the log. */
export const PROJECTED = 'projected';

/** Pushes to one user's tabs; the payload is `encodePushes`'s. */
export const pushSubject = (username: string): string => `push.user.${subjectToken(username.toLowerCase())}`;

/** A session family was prolonged (refresh) or ended (logout, reuse of a spent token): its sockets follow. */
export const SESSION_CHANGED = 'session.changed';

export const sessionChange = z.discriminatedUnion('change', [
  z.object({ change: z.literal('renewed'), sessionId: z.string(), expiresAt: z.iso.datetime() }),
  z.object({ change: z.literal('logged_out'), sessionId: z.string() }),
  z.object({ change: z.literal('revoked'), sessionId: z.string() }),
]);

export type SessionChange = z.infer<typeof sessionChange>;

/** A dot separates the tokens of a subject, so names must not bring their own. */
const subjectToken = (name: string): string => encodeURIComponent(name).replaceAll('.', '%2E');
