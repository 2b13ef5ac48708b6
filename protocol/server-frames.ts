import type { ErrorCode } from './error-codes.ts';
import { ERRORS } from './error-codes.ts';

/** Events: pushed to every tab of their audience and kept in the feed for resume. */
export type EventFrame =
  | {
      action: 'new_message';
      data: {
        chat_id: string;
        id: string;
        content: string;
        date: string;
        /** Username. */
        sender: string;
        timestamp: string;
        is_read: false;
        is_liked: false;
      };
    }
  | { action: 'like_message'; data: { chat_id: string; id: string; is_liked: boolean } }
  | { action: 'read_message'; data: { chat_id: string; id: string; reader: string; date: string } };

export interface WelcomeFrame {
  action: 'welcome';
  data: { session_id: string; username: string; cursor: string; recovered: boolean; replayed: number };
}

export interface AckFrame {
  action: 'ack';
  request_id?: string;
  /** `position`: where in the log the answer is durably stored. `id`: of the message sent. */
  data: { position: string; id?: string };
}

export interface ErrorFrame {
  action: 'error';
  request_id?: string;
  /** `retry_after_ms`: with `unavailable`, when there is a point in sending it again. */
  data: { code: ErrorCode; message: string; retryable: boolean; retry_after_ms?: number };
}

/** The text of an event as it goes to every tab, `cursor` included; written once per event. */
export const eventText = (frame: EventFrame, cursor: string): string => JSON.stringify({ ...frame, cursor });

/** Keys that are undefined do not appear. */
export const replyText = (frame: WelcomeFrame | AckFrame | ErrorFrame): string => JSON.stringify(frame);

export const errorFrame = (code: ErrorCode, requestId?: string, retryAfterMs?: number): ErrorFrame => ({
  action: 'error',
  ...(requestId !== undefined && { request_id: requestId }),
  data: {
    code,
    message: ERRORS[code].message,
    retryable: ERRORS[code].retryable,
    ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }),
  },
});
