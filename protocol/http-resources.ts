import { z } from 'zod';
import { gameSettings } from './game-options.ts';
import type { pageQuery } from './http-requests.ts';
import { date, errorCode, id, username } from './scalars.ts';

/**
 * What the HTTP API answers with. Strict: that a body has no key more or less is for tests to hold, the queries are trusted.
 */

/** A part of a list. */
export const page = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({
    items: z.array(item),
    count: z.int().describe('Of the whole list.'),
    next: z
      .string()
      .nullable()
      .describe('Send it back as `before` for the page that follows; null: this was the last one.'),
  });

export type Page<Item> = { items: Item[]; count: number; next: string | null };

/** The asked part of a list; `before` is a former page's `next` and takes the place of `offset`. */
export type PageRequest = Readonly<z.infer<typeof pageQuery>>;

export const profile = z
  .strictObject({
    username,
    nickname: z.string(),
    avatar: z.string().describe('URL of a picture; empty: the client shows its own default.'),
  })
  .meta({ id: 'Profile' });

export type Profile = z.infer<typeof profile>;

export const presenceProfile = profile.extend({ is_online: z.boolean() }).meta({ id: 'PresenceProfile' });

export type PresenceProfile = z.infer<typeof presenceProfile>;

const blocks = {
  is_blocked_user: z.boolean().describe('The caller blocks this user.'),
  is_blocked_by_user: z.boolean().describe('This user blocks the caller.'),
};

export const userDetails = presenceProfile
  .extend({
    date_joined: date,
    friends_count: z.int(),
    is_friend: z.boolean().describe('The caller has added this user.'),
    ...blocks,
  })
  .meta({ id: 'UserDetails' });

export type UserDetails = z.infer<typeof userDetails>;

/** The caller. */
export const self = presenceProfile
  .extend({
    unread_messages_count: z.int(),
    unread_notifications_count: z.int(),
    game_id: id.nullable().describe('Of the game that is being played.'),
    tournament_id: id.nullable().describe('Of the open tournament that the caller has announced.'),
    is_engaged_in_game: z
      .boolean()
      .describe('In a game, or about to be: has invited somebody who has not answered yet.'),
    opponent: profile.nullable().describe('Of the game, or whom the invitation is to.'),
  })
  .meta({ id: 'Self', description: 'The caller.' });

export type Self = z.infer<typeof self>;

export const messageResource = z
  .strictObject({
    id,
    content: z.string(),
    date,
    sender: username,
    is_read: z.boolean(),
    is_liked: z.boolean(),
    read_at: date.nullable(),
  })
  .meta({ id: 'Message' });

export type MessageResource = z.infer<typeof messageResource>;

/** A chat as one of its two participants sees it; the profile is the other's. */
const chatHeader = presenceProfile.extend({ chat_id: id, ...blocks });

export type ChatHeader = z.infer<typeof chatHeader>;

export const chatPreview = chatHeader
  .extend({
    unread_messages_count: z.int(),
    last_message: messageResource.nullable(),
  })
  .meta({
    id: 'ChatPreview',
    description: "A chat as one of its two participants sees it; the profile is the other's.",
  });

export type ChatPreview = z.infer<typeof chatPreview>;

export const openedChat = chatHeader
  .extend({
    messages: z.array(messageResource).describe('The newest 30, newest first.'),
  })
  .meta({ id: 'OpenedChat' });

export type OpenedChat = z.infer<typeof openedChat>;

export const notificationStatus = z
  .enum(['open', 'closed', 'pending', 'accepted', 'declined', 'cancelled', 'expired'])
  .describe('Of a tournament that was announced: open or closed; the others of an invitation.');

/** What an invitation says, as its invitee is told of it. The profile is the inviter's. */
export const invitationDetails = {
  ...profile.shape,
  game_id: id.describe('Of the invitation.'),
  client_id: z.null().describe("The inviter's tab is the inviter's own matter."),
  options: gameSettings,
  settings: gameSettings.describe('The same as `options`.'),
  status: z.literal('pending'),
  invitee: profile,
  date,
};

export type InvitationDetails = z.infer<z.ZodObject<typeof invitationDetails>>;

const notificationOf = <Action extends string, Data extends z.ZodRawShape>(action: Action, data: Data) =>
  z.strictObject({ id, action: z.literal(action), data: z.strictObject(data), is_read: z.boolean() });

export const notification = z
  .discriminatedUnion('action', [
    notificationOf('new_friend', { ...profile.shape, date }),
    notificationOf('new_tournament', {
      tournament_id: id,
      tournament_name: z.string(),
      creator: z.string().describe('The name under which the creator takes part, as is `alias`.'),
      alias: z.string(),
      ...profile.shape,
      status: notificationStatus,
      date,
    }),
    notificationOf('game_invite', invitationDetails),
  ])
  .meta({
    id: 'Notification',
    description: 'People are as they are now, whatever they were called when it came.',
  });

export type Notification = z.infer<typeof notification>;

export const tournament = z
  .strictObject({
    id,
    name: z.string(),
    status: z.enum(['pending', 'cancelled']),
    required_participants: z.union([z.literal(4), z.literal(8)]),
    alias: z.string(),
    creator: profile,
    settings: gameSettings,
    date,
  })
  .meta({ id: 'Tournament' });

export type Tournament = z.infer<typeof tournament>;

/** A request did what it was for, and there is nothing to show. */
export const done = z.strictObject({ msg: z.string() });

export type Done = z.infer<typeof done>;

/** A request was refused: by a rule, or because something is away. */
export const refusalBody = z
  .strictObject({ msg: z.string().describe('For people. Programs act on the code.'), code: errorCode })
  .meta({ id: 'Refusal' });

export type RefusalBody = z.infer<typeof refusalBody>;

export const fieldProblem = z
  .strictObject({
    loc: z
      .array(z.string())
      .describe(
        'Leads to the field, from the part of the request that holds it: `body`, `query` or `header`.',
      ),
    msg: z.string().describe('For people.'),
    type: z.string().describe('"missing", "taken", "invalid_type" and others like it.'),
  })
  .meta({ id: 'FieldProblem', description: 'What is wrong with one field.' });

export type FieldProblem = z.infer<typeof fieldProblem>;

/** With 422: the fields of the request that are missing, mistyped, out of range or taken. */
export const fieldProblems = z.array(fieldProblem).min(1);
