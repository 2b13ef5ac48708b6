interface ErrorEntry {
  /** For people; clients act on the code. */
  readonly message: string;
  readonly status: number;
  /** Whether the same request can succeed later without being changed. */
  readonly retryable: boolean;
}

const entry = (status: number, message: string, retryable = false): ErrorEntry =>
  Object.freeze({ message, status, retryable });

/** The one registry of refusals, shared by HTTP bodies and the WebSocket `error` action. */
export const ERRORS = Object.freeze({
  malformed_json: entry(400, 'The request body is not valid JSON.'),
  bad_request: entry(400, 'The request is not valid.'),
  unauthenticated: entry(401, 'Sign in to do this.'),
  invalid_credentials: entry(401, 'The username or password is wrong.'),
  csrf_failed: entry(403, 'The CSRF token or the origin of the request is missing or wrong.'),
  forbidden: entry(403, 'You may not do this.'),
  not_found: entry(404, 'Not found.'),
  user_not_found: entry(404, 'User not found.'),
  method_not_allowed: entry(405, 'This method is not allowed here.'),
  body_too_large: entry(413, 'The request body is larger than 64 KiB.'),
  unsupported_media_type: entry(415, 'Send the body as application/json.'),
  self_chat: entry(422, "You can't chat with yourself."),
  self_friend: entry(422, "You can't add yourself as a friend."),
  already_friend: entry(422, 'This user is already your friend.'),
  not_friend: entry(422, 'This user is not your friend.'),
  self_block: entry(422, "You can't block yourself."),
  already_blocked: entry(422, 'This user is already blocked.'),
  not_blocked: entry(422, 'This user is not blocked.'),
  username_taken: entry(422, 'This username is already taken.'),
  chat_not_found: entry(404, 'Chat not found.'),
  message_not_found: entry(404, 'Message not found.'),
  notification_not_found: entry(404, 'Notification not found.'),
  tournament_not_found: entry(404, 'Tournament not found.'),
  tournament_open: entry(403, 'You have an open tournament, close it first.'),
  self_invite: entry(422, "You can't play a game with yourself."),
  in_game: entry(403, 'You are in an ongoing game.'),
  invitation_pending: entry(422, 'You have one invitation pending.'),
  invitation_not_found: entry(404, 'Invitation not found.'),
  invitation_expired: entry(422, 'The invitation has expired.'),
  not_invitable: entry(422, "This user can't be invited."),
  game_not_found: entry(404, 'Game not found.'),
  own_message: entry(422, "You can't do this with your own message."),
  blocked: entry(422, 'One of you has blocked the other.'),
  content_empty: entry(422, 'A message needs some text.'),
  content_too_long: entry(422, 'A message has at most 256 characters.'),
  content_invalid: entry(422, 'The text contains characters that cannot be stored.'),
  id_conflict: entry(422, 'This message id has already been used for something else.'),
  rate_limited: entry(429, 'Too many attempts, try again later.', true),
  internal: entry(500, 'Something went wrong on our side.', true),
  unavailable: entry(503, 'The service is busy or away for a moment, try again.', true),
  not_visible_yet: entry(503, 'It is stored but not visible yet, try again in a moment.', true),
});

export type ErrorCode = keyof typeof ERRORS;
