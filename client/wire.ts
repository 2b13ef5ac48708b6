/** The wire's shapes, as types: at run time the client has no schemas. What comes in is guarded by `frame-guard.ts`. */
import type { z } from 'zod';
import type { clientFrame } from '../protocol/client-frames.ts';
import type { logInBody, profileBody, signUpBody, tournamentBody } from '../protocol/http-requests.ts';
import type {
  AckFrame,
  EphemeralFrame,
  ErrorFrame,
  eventFrame,
  PingFrame,
  WelcomeFrame,
} from '../protocol/server-frames.ts';

export type { ErrorCode } from '../protocol/error-codes.ts';
export type { GameSettings } from '../protocol/game-options.ts';
export type {
  ChatHeader,
  ChatPreview,
  FieldProblem,
  MessageResource,
  Notification,
  OpenedChat,
  Page,
  PresenceProfile,
  Profile,
  Self,
  Tournament,
  UserDetails,
} from '../protocol/http-resources.ts';
export type { AckFrame, EphemeralFrame, ErrorFrame, PingFrame, WelcomeFrame };

/** A push that is kept for whoever resumes: it has a cursor. */
export type EventFrame = z.infer<typeof eventFrame>;

/** Everything that is pushed because something happened. */
export type PushFrame = EventFrame | EphemeralFrame;

export type PushAction = PushFrame['action'];

export type PushOf<Action extends PushAction> = Extract<PushFrame, { action: Action }>;

export type ServerFrame = PushFrame | WelcomeFrame | PingFrame | AckFrame | ErrorFrame;

/** As a client may write it: what has a default can be left out. */
export type ClientFrame = z.input<typeof clientFrame>;

export type ClientAction = ClientFrame['action'];

export type ClientData<Action extends ClientAction> = Extract<ClientFrame, { action: Action }>['data'];

export type AckData = AckFrame['data'];

export type SignUp = z.input<typeof signUpBody>;
export type LogIn = z.input<typeof logInBody>;
export type ProfileChange = z.input<typeof profileBody>;
export type NewTournament = z.input<typeof tournamentBody>;
