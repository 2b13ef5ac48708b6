import type { ErrorCode } from './error-codes.ts';

const BUG = 'A bug of the client: show a general message, and mend the client.';
const SHOW = 'Show it to the user. The same request will be refused again.';
const SIGN_IN =
  'Renew the session by `POST /api/refresh` once and ask again; if that is 401 too, the user has to sign in.';
const RELOAD = 'What was shown is not so any more: load it anew.';
const AGAIN =
  'Ask again after `Retry-After` (in frames: `retry_after_ms`), later each time, with a random part.';
const DROP =
  'Take the message out of what waits to be sent, and show why. The same text will be refused again.';

/** What a client does when it is answered with a code. Apart from the registry, which clients bundle. */
export const ERROR_ADVICE: Readonly<Record<ErrorCode, string>> = {
  malformed_json: BUG,
  bad_request: BUG,
  unauthenticated: SIGN_IN,
  invalid_credentials: 'Let the user type again. Do not try again by itself: failed tries are counted.',
  csrf_failed:
    'Send the cookie `csrftoken`, or what the last answer had in `X-CSRFToken`, as `X-CSRFToken`, from a page of an allowed origin.',
  forbidden: SHOW,
  not_found: BUG,
  user_not_found: 'Show that there is nobody of that name; who blocks the caller is not found either.',
  method_not_allowed: BUG,
  body_too_large: BUG,
  unsupported_media_type: BUG,
  self_chat: SHOW,
  self_friend: SHOW,
  already_friend: RELOAD,
  not_friend: RELOAD,
  self_block: SHOW,
  already_blocked: RELOAD,
  not_blocked: RELOAD,
  username_taken: 'Let the user choose another name.',
  chat_not_found:
    'Open the chat by `PUT /api/chats/{username}`; a message that waits for it is not sent again.',
  message_not_found: RELOAD,
  notification_not_found: RELOAD,
  tournament_not_found: RELOAD,
  tournament_open: SHOW,
  self_invite: SHOW,
  in_game: 'Load `GET /api/self`, which names the game, and show it.',
  invitation_pending: 'Show the own invitation that waits for an answer, and let the user take it back.',
  invitation_not_found: 'It has ended: load `GET /api/notifications` and `GET /api/self` anew.',
  invitation_expired: 'Show it, and take the invitation away.',
  not_invitable: SHOW,
  game_not_found: RELOAD,
  own_message: 'Do not offer it: one likes and reads what the other side wrote.',
  blocked: 'Show it instead of the input: nothing can be sent until the block is lifted.',
  content_empty: DROP,
  content_too_long: DROP,
  content_invalid: DROP,
  id_conflict: 'The id is that of another message: send the text under a new id, if the user wants it sent.',
  rate_limited: `${AGAIN} Commands that a user gave are for the user to repeat.`,
  internal: 'It may have happened or not: read before asking again, and ask a few times at most.',
  unavailable: `${AGAIN} A command may have happened; what has an id of the client's is safe to send again.`,
  not_visible_yet: `A command: it is stored, so do not send it again, and read later. A read: ${AGAIN}`,
};
