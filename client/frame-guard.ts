import type { ServerFrame } from './wire.ts';

/** Of each frame's data, the texts without which nobody can act on it. */
const TEXTS: Readonly<Record<ServerFrame['action'], string>> = {
  welcome: 'username cursor expires_at',
  ping: 'date expires_at',
  ack: 'position',
  error: 'code message',
  new_message: 'chat_id id content date sender',
  like_message: 'chat_id id',
  read_message: 'chat_id id reader date',
  new_friend: 'id username date',
  new_tournament: 'id tournament_id username date',
  notification_updated: '',
  relationship_changed: 'username',
  game_invite: 'id username game_id date',
  game_accepted: 'game_id username',
  game_declined: 'username',
  game_invite_canceled: '',
  game_finished: 'game_id',
  user_online: 'username',
  user_offline: 'username',
  typing: 'chat_id username',
};

/**
 * What has come, if it is a frame that this client understands. What the server sends has its shape; this keeps out what a
 * newer one says beside, and what something in between makes of it. A property test holds it against the schemas.
 */
export function readFrame(text: unknown): ServerFrame | null {
  if (typeof text !== 'string') return null;
  try {
    const frame: unknown = JSON.parse(text);
    return isServerFrame(frame) ? frame : null;
  } catch {
    return null;
  }
}

function isServerFrame(frame: unknown): frame is ServerFrame {
  if (!isRecord(frame) || typeof frame.action !== 'string' || !isRecord(frame.data)) return false;
  const { action, data, cursor } = frame;
  return (
    isAction(action) &&
    (cursor === undefined || typeof cursor === 'string') &&
    TEXTS[action].split(' ').every((name) => name === '' || typeof data[name] === 'string')
  );
}

const isAction = (action: string): action is ServerFrame['action'] => Object.hasOwn(TEXTS, action);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
