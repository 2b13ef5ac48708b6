import { ERRORS, type ErrorCode } from './error-codes.ts';
import type {
  AckFrame,
  EphemeralFrame,
  ErrorFrame,
  EventFrame,
  PingFrame,
  WelcomeFrame,
} from './server-frames.ts';

/** The text of an event as it goes to every tab, `cursor` included; written once per event. */
export const eventText = (frame: EventFrame, cursor: string): string => JSON.stringify({ ...frame, cursor });

/** Keys that are undefined do not appear. */
export const replyText = (frame: WelcomeFrame | PingFrame | AckFrame | ErrorFrame | EphemeralFrame): string =>
  JSON.stringify(frame);

/** What tells a tab that its frame was refused. */
export const refusalFrame = (code: ErrorCode, requestId?: string, retryAfterMs?: number): ErrorFrame => ({
  action: 'error',
  ...(requestId !== undefined && { request_id: requestId }),
  data: {
    code,
    message: ERRORS[code].message,
    retryable: ERRORS[code].retryable,
    ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }),
  },
});
