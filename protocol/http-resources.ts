import { z } from 'zod';
import { errorCode } from './error-codes.ts';
import { gameSettings } from './game-options.ts';
import type { pageQuery } from './http-requests.ts';
import { date, id, username } from './scalars.ts';

/**
 * What the HTTP API answers with. Strict: that a body has no key more or less is for tests to hold, the queries are trusted.
 */

/** A part of a list. */
export const page = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({
    items: z.array(item),
    /** Of the whole list. */
    count: z.int(),
    /** Send it back as `before` for the page that follows; null: this was the last one. */
    next: z.string().nullable(),
  });

export type Page<Item> = z.infer<ReturnType<typeof page<z.ZodType<Item>>>>;

/** The asked part of a list; `before` is a former page's `next` and takes the place of `offset`. */
export type PageRequest = Readonly<z.infer<typeof pageQuery>>;

export const profile = z.strictObject({
  username,
  nickname: z.string(),
  /** URL of a picture; empty: the client shows its own default. */
  avatar: z.string(),
});

export type Profile = z.infer<typeof profile>;

export const presenceProfile = profile.extend({ is_online: z.boolean() });

export type PresenceProfile = z.infer<typeof presenceProfile>;

const blocks = {
  /** The caller blocks this user. */
  is_blocked_user: z.boolean(),
  /** This user blocks the caller. */
  is_blocked_by_user: z.boolean(),
};

export const userDetails = presenceProfile.extend({
  date_joined: date,
  friends_count: z.int(),
  is_friend: z.boolean(),
  ...blocks,
});

export type UserDetails = z.infer<typeof userDetails>;

/** The caller. */
export const self = presenceProfile.extend({
  unread_messages_count: z.int(),
  unread_notifications_count: z.int(),
  game_id: id.nullable(),
  tournament_id: id.nullable(),
  is_engaged_in_game: z.boolean(),
});

export type Self = z.infer<typeof self>;

export const messageResource = z.strictObject({
  id,
  content: z.string(),
  date,
  sender: username,
  is_read: z.boolean(),
  is_liked: z.boolean(),
  read_at: date.nullable(),
});

export type MessageResource = z.infer<typeof messageResource>;

/** A chat as one of its two participants sees it; the profile is the other's. */
const chatHeader = presenceProfile.extend({ chat_id: id, ...blocks });

export type ChatHeader = z.infer<typeof chatHeader>;

export const chatPreview = chatHeader.extend({
  unread_messages_count: z.int(),
  last_message: messageResource.nullable(),
});

export type ChatPreview = z.infer<typeof chatPreview>;

export const openedChat = chatHeader.extend({
  /** The newest 30, newest first. */
  messages: z.array(messageResource),
});

export type OpenedChat = z.infer<typeof openedChat>;

/** Of a tournament that was announced: open or closed; the others of an invitation. */
export const notificationStatus = z.enum([
  'open',
  'closed',
  'pending',
  'accepted',
  'declined',
  'cancelled',
  'expired',
]);

/** What an invitation says, as its invitee is told of it. The profile is the inviter's. */
export const invitationDetails = {
  ...profile.shape,
  /** Of the invitation. */
  game_id: id,
  /** The inviter's tab is the inviter's own matter. */
  client_id: z.null(),
  options: gameSettings,
  /** The same as `options`. */
  settings: gameSettings,
  status: z.literal('pending'),
  invitee: profile,
  date,
};

export type InvitationDetails = z.infer<z.ZodObject<typeof invitationDetails>>;

const notificationOf = <Action extends string, Data extends z.ZodRawShape>(action: Action, data: Data) =>
  z.strictObject({ id, action: z.literal(action), data: z.strictObject(data), is_read: z.boolean() });

/** People are as they are now, whatever they were called when it came. */
export const notification = z.discriminatedUnion('action', [
  notificationOf('new_friend', { ...profile.shape, date }),
  notificationOf('new_tournament', {
    tournament_id: id,
    tournament_name: z.string(),
    /** The name under which the creator takes part, as is `alias`. */
    creator: z.string(),
    alias: z.string(),
    ...profile.shape,
    status: notificationStatus,
    date,
  }),
  notificationOf('game_invite', invitationDetails),
]);

export type Notification = z.infer<typeof notification>;

export const tournament = z.strictObject({
  id,
  name: z.string(),
  status: z.enum(['pending', 'cancelled']),
  required_participants: z.union([z.literal(4), z.literal(8)]),
  alias: z.string(),
  creator: profile,
  settings: gameSettings,
  date,
});

export type Tournament = z.infer<typeof tournament>;

/** A request did what it was for, and there is nothing to show. */
export const done = z.strictObject({ msg: z.string() });

export type Done = z.infer<typeof done>;

/** A request was refused: by a rule, or because something is away. */
export const refusalBody = z.strictObject({ msg: z.string(), code: errorCode });

export type RefusalBody = z.infer<typeof refusalBody>;

/** What is wrong with one field; `loc` leads to it, from the part of the request that holds it. */
export const fieldProblem = z.strictObject({
  loc: z.array(z.string()),
  msg: z.string(),
  type: z.string(),
});

export type FieldProblem = z.infer<typeof fieldProblem>;

/** With 422: the fields of the request that are missing, mistyped, out of range or taken. */
export const fieldProblems = z.array(fieldProblem).min(1);
