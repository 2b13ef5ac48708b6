/** What users of the SDK import. */
export { CLOSE_CODES } from '../protocol/close-codes.ts';
export type { Api, PageOf, Read } from './api.ts';
export { createClient, createRally } from './create-rally.ts';
export type {
  Environment,
  KeyValueStorage,
  Locks,
  Socket,
  SocketListener,
  WakeUp,
  WakeUps,
} from './environment.ts';
export type { Arrival, ClosedCause, Connection, Live, WaitCause } from './live.ts';
export type { Outbox, PendingMessage } from './outbox.ts';
export { isAfter } from './places.ts';
export type { Rally, RallyClient, RallyOptions, SessionState } from './rally.ts';
export { RallyError, type RallyErrorCode, type RallyErrorDetails } from './rally-error.ts';
export type { Readable } from './readable.ts';
export type * from './stores/stores.ts';
export type * from './wire.ts';
