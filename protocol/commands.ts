import { z } from 'zod';
import { gameSettings } from './game-options.ts';
import { errorCode, uuid } from './scalars.ts';

/** Why a session does not count any more; the domain says what each of them means. */
export const dropReason = z.enum([
  'closed',
  'logout',
  'expired',
  'inactive',
  'replaced',
  'slow_consumer',
  'rate_limited',
  'bad_data',
  'drained',
  'gateway_lost',
]);

export type DropReason = z.infer<typeof dropReason>;

/** What a command asks for, on behalf of the envelope's actor. */
export const command = z.discriminatedUnion('type', [
  z.object({ type: z.literal('register_user') }),
  z.object({
    type: z.literal('update_profile'),
    nickname: z.string().optional(),
    avatar: z.string().optional(),
  }),
  /** By the user, whose password has been proved, or by an operator. */
  z.object({ type: z.literal('erase_user'), username: z.string() }),
  /** Housekeeping's: the user's key and account are gone. */
  z.object({ type: z.literal('complete_erasure'), username: z.string() }),
  z.object({ type: z.literal('start_chat'), other: z.string() }),
  z.object({ type: z.literal('add_friend'), friend: z.string() }),
  z.object({ type: z.literal('remove_friend'), friend: z.string() }),
  z.object({ type: z.literal('block_user'), blocked: z.string() }),
  z.object({ type: z.literal('unblock_user'), blocked: z.string() }),
  z.object({
    type: z.literal('send_message'),
    chatId: uuid,
    messageId: uuid,
    content: z.string(),
    timestamp: z.string(),
  }),
  z.object({ type: z.literal('like_message'), chatId: uuid, messageId: uuid }),
  z.object({ type: z.literal('unlike_message'), chatId: uuid, messageId: uuid }),
  z.object({ type: z.literal('read_message'), chatId: uuid.nullable(), messageId: uuid }),
  z.object({ type: z.literal('read_notification'), notificationId: uuid }),
  /** `upTo`: a place in the log, a decimal integer. */
  z.object({ type: z.literal('mark_all_as_read'), upTo: z.string().regex(/^\d{1,19}$/) }),
  z.object({
    type: z.literal('create_tournament'),
    tournamentId: uuid,
    name: z.string(),
    requiredParticipants: z.union([z.literal(4), z.literal(8)]),
    alias: z.string(),
    settings: gameSettings,
  }),
  z.object({ type: z.literal('close_tournament'), tournamentId: uuid }),
  z.object({
    type: z.literal('send_invitation'),
    invitee: z.string(),
    invitationId: uuid,
    clientId: z.string(),
    options: gameSettings,
  }),
  z.object({ type: z.literal('accept_invitation'), inviter: z.string() }),
  z.object({ type: z.literal('decline_invitation'), inviter: z.string() }),
  z.object({ type: z.literal('cancel_invitation'), invitee: z.string() }),
  /** `asPlayer`: only the game's players may; else it is the game server that says so. */
  z.object({ type: z.literal('finish_game'), gameId: uuid, asPlayer: z.boolean() }),
  /** Housekeeping's: whatever is due of this duel, or was left half done. */
  z.object({
    type: z.literal('settle_duel'),
    invitationId: uuid,
    inviter: z.string(),
    invitee: z.string(),
  }),
  /** A gateway's: a tab of this user counts from now on. Ids are new with each. */
  z.object({
    type: z.literal('open_session'),
    username: z.string(),
    sessionId: uuid,
    gatewayId: uuid,
    loginId: uuid,
  }),
  /** It does not count any more. `graceMs`: how long its user stays online without any other. */
  z.object({
    type: z.literal('drop_session'),
    username: z.string(),
    sessionId: uuid,
    reason: dropReason,
    graceMs: z.int().min(0),
  }),
  /** Housekeeping's: who has had no session for long enough goes offline. */
  z.object({ type: z.literal('settle_presence'), username: z.string() }),
]);

export type Command = z.infer<typeof command>;

export type CommandOf<Type extends Command['type']> = Extract<Command, { type: Type }>;

/** Actors that are no users: nobody can have such names. */
export const HOUSEKEEPING = '*housekeeping';
export const GAME_SERVER = '*game-server';
export const GATEWAY = '*gateway';
export const OPERATOR = '*operator';

/** In one request at most. So many of the largest frames fit a message of NATS, which takes 1 MiB. */
export const COMMANDS_LIMIT = 32;

const identifiedCommand = z.object({
  /** Event ids derive from it: the same command id never stores anything twice. */
  commandId: uuid,
  /** Follows one user action through every service's log. */
  correlationId: z.string(),
  command,
  /** It was asked for before, and whoever asked was not told what became of it: most likely it is stored. */
  askedBefore: z.boolean().optional(),
  /** Of the trace that it belongs to, as W3C's Trace Context writes it; only where tracing is on. */
  traceparent: z.string().optional(),
});

export type IdentifiedCommand = z.infer<typeof identifiedCommand>;

/** A request on the subject `COMMANDS`: what one user asks for together. What they store stands in the log in their order. */
export const commandRequest = z.object({
  /** Username of the authenticated user, as registered. */
  actor: z.string(),
  commands: z.array(identifiedCommand).min(1).max(COMMANDS_LIMIT),
  /**
   * How long the answer is still waited for, in milliseconds: what cannot be done by then is not begun. Not a moment, as the
   * clocks of two machines differ. Gateways of versions that do not say it wait for 2 s.
   */
  leftMs: z.number().positive().default(2000),
});

export type CommandRequest = z.infer<typeof commandRequest>;

const refusal = z.object({
  outcome: z.literal('refused'),
  code: errorCode,
  /** With `unavailable`: when there is a point in trying again, in milliseconds. Grows while it lasts, and differs. */
  retryAfterMs: z.number().optional(),
});

export type Refusal = z.infer<typeof refusal>;

export const commandReply = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('accepted'),
    /** Where in the log the outcome is durably stored; for a repeated command, where it was the first time. */
    position: z.string(),
    /** false: it was so already, nothing was stored. */
    changed: z.boolean(),
    /** Of the chat, message, tournament, invitation or game that there is by this command; none otherwise. */
    id: z.string().optional(),
  }),
  refusal,
]);

export type CommandReply = z.infer<typeof commandReply>;

/** A reply for each command of the request, in their order. Or one refusal for them all: the request was turned away unread. */
export const commandReplies = z.union([z.array(commandReply), refusal]);

export type CommandReplies = z.infer<typeof commandReplies>;
