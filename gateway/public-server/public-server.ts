/** An HTTP request with its whole body, whoever received it. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query, as sent; `*` for the server itself. A scheme and host before them have become the header `host`. */
  readonly url: string;
  /** Names in lower case; repeated ones joined with `, ` (cookies with `; `). */
  readonly headers: Readonly<Record<string, string>>;
  /** null: larger than `HTTP_BODY_BYTES_LIMIT`. It is not waited for; the connection ends with the answer. */
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
  /** Those of a connection (`connection`, `content-length`, `date`, …) may be among them and are not used. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Buffer;
}

/**
 * Never rejects. Requests of one connection are handed over one at a time: the next when the answer to the one before
 * has left, so that all are answered, in order. The answer to a request that was handed over is never lost because of
 * what the client sends after it.
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
  /** As `sendAll`, of texts that were encoded, one or more in a buffer: one that was made once serves any number of sockets. */
  sendEncoded(encoded: readonly Buffer[]): void;
  /**
   * Bytes accepted by `send` that the operating system has not taken yet, and answers to pings. Of those no more wait
   * than `controlFramesPerS`: the connection of a client that lets more lie ends.
   */
  unsentBytes(): number;
  /**
   * Sends a close frame after what is queued, then ends the connection. The first call counts; `closed` may follow
   * before it returns. A client that does not read is not waited for without end if `terminate` is called as well.
   */
  close(code: number, reason: string): void;
  /** Ends the connection without a word: for a client that does not read. `closed` follows. */
  terminate(): void;
}

/** A text as sockets send it. Several can be joined to one buffer. */
export type EncodeText = (text: string) => Buffer;

/** Called one at a time, in order; `message` never after `Socket.close`, nothing after `closed`. */
export interface SocketHandlers {
  /**
   * null: a binary frame. What breaks WebSocket never arrives: an unmasked or otherwise malformed frame closes the socket
   * with 1002, text that is no UTF-8 with 1007, more than 1 MiB with 1009, a message of too many pieces with 1008.
   */
  message(text: string | null): void;
  /** More than `controlFramesPerS` pings and pongs came in a second: to be closed. They have no other handler. */
  flooded(): void;
  closed(): void;
}

/**
 * The one public address, for HTTP and WebSocket alike; small, so that another library could stand behind it.
 *
 * What is not HTTP/1.0 or HTTP/1.1, or could be read in two ways, is answered 400, 405, 408, 413, 417, 431 or 505 by
 * the adapter, and the connection ends: there is no silence, and no part of a body is taken for a request.
 */
export interface PublicServer {
  /** The port that is listened on, also when any was asked for. */
  readonly port: number;
  /** Accepts no new connections; open ones go on. */
  stopListening(): void;
  /** Ends whatever is still open. */
  close(): Promise<void>;
}

/** Connections are open files, and whoever runs out of those cannot even say so. */
export interface ConnectionAdmission {
  /** Beyond, connections are closed as they come, and those that have asked for nothing for a second make room. */
  readonly limit: number;
  /** A connection was closed as it came. */
  refused(): void;
}

export interface PublicServerOptions {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** A connection from which nothing has come for so long, not even an answer to a ping, is closed. */
  readonly idleTimeoutS: number;
  /** A request that has not arrived whole so long after its connection or its first byte is answered 408. */
  readonly requestTimeoutS: number;
  /** More pings and pongs than this in a second are a flood. */
  readonly controlFramesPerS: number;
  readonly connections: ConnectionAdmission;
  readonly handleHttp: HandleHttp;
  readonly answerHandshake: AnswerHandshake;
}

/** Rejects with `AddressUnavailable` when the address cannot be listened on. */
export type ListenPublicly = (options: PublicServerOptions) => Promise<PublicServer>;

export class AddressUnavailable extends Error {
  override readonly name = 'AddressUnavailable';
}
