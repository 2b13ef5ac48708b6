/** An HTTP request with its whole body, whoever received it. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  /** Names in lower case; repeated ones joined with `, ` (cookies with `; `). */
  readonly headers: Readonly<Record<string, string>>;
  /** null: larger than `HTTP_BODY_BYTES_LIMIT`; its bytes were not kept. */
  readonly body: Buffer | null;
  readonly remoteAddress: string;
  /**
   * Whether nobody waits for the answer any more: the client's connection has ended. To be asked before each step that
   * costs something; it costs nothing itself. The answer of an abandoned request is dropped.
   */
  isAbandoned(): boolean;
}

export const HTTP_BODY_BYTES_LIMIT = 64 * 1024;

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Buffer;
}

/**
 * Never rejects. Answers leave a connection in the order of its requests. A client that sends a request before the last
 * one is answered (pipelining, which neither browsers nor proxies do) gets both answers, or, if both arrive in one
 * read, may find the connection closed with neither carried out. The answer to a request that was handed over is never
 * lost because of another one.
 */
export type HandleHttp = (request: HttpRequest) => Promise<HttpResponse>;

/** What a client says when it asks for a WebSocket. */
export interface Handshake {
  readonly path: string;
  /** Without the question mark; empty when there is none. */
  readonly query: string;
  /**
   * `origin`, `cookie`, `authorization`, `sec-websocket-protocol`, `x-forwarded-for`, where sent; repeated ones joined as
   * a request's.
   */
  readonly headers: Readonly<Record<string, string>>;
  readonly remoteAddress: string;
}

/** Decided at once: whatever takes time happens after the socket is open. */
export type HandshakeAnswer =
  | { readonly outcome: 'accepted'; readonly protocol?: string; readonly open: OpenSocket }
  | { readonly outcome: 'refused'; readonly status: number };

export type AnswerHandshake = (handshake: Handshake) => HandshakeAnswer;

/** Called once, when the socket is open. */
export type OpenSocket = (socket: Socket) => SocketHandlers;

export interface Socket {
  /** Queues text for the client; does nothing once the socket is closing. Watch `unsentBytes` afterwards. */
  send(text: string): void;
  /** As `send` for each, in as few writes as the library can. */
  sendAll(texts: readonly string[]): void;
  /** Bytes accepted by `send` that the operating system has not taken yet. */
  unsentBytes(): number;
  /**
   * Sends a close frame after what is queued, then ends the connection. The first call counts; `closed` may follow
   * before it returns. A client that does not read is not waited for without end if `terminate` is called as well.
   */
  close(code: number, reason: string): void;
  /** Ends the connection without a word: for a client that does not read. `closed` follows. */
  terminate(): void;
}

/** Called one at a time, in order; `message` never after `Socket.close`, nothing after `closed`. */
export interface SocketHandlers {
  /** null: a binary frame. A frame beyond the adapter's hard limit never arrives: the connection ends. */
  message(text: string | null): void;
  /** A ping or pong, whichever keeps the connection alive, has no handler: the adapter does it. */
  closed(): void;
}

/**
 * The one public address, for HTTP and WebSocket alike; small, so that two libraries can stand behind it.
 *
 * A connection from which nothing has come for `idleTimeoutS`, not even an answer to a ping, is closed.
 * An adapter copies what its library takes back after a callback.
 */
export interface PublicServer {
  /** The port that is listened on, also when any was asked for. */
  readonly port: number;
  /** Accepts no new connections; open ones go on. */
  stopListening(): void;
  /** Ends whatever is still open. */
  close(): Promise<void>;
}

export interface PublicServerOptions {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly idleTimeoutS: number;
  readonly handleHttp: HandleHttp;
  readonly answerHandshake: AnswerHandshake;
}

/** Rejects with `AddressUnavailable` when the address cannot be listened on. */
export type ListenPublicly = (options: PublicServerOptions) => Promise<PublicServer>;

export class AddressUnavailable extends Error {
  override readonly name = 'AddressUnavailable';
}
