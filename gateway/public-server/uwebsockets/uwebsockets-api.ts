/** The part of uWebSockets.js that Rally uses, with the meanings Rally relies on. */
export interface UWebSockets {
  App(): UwsApp;
  us_listen_socket_close(socket: UwsListenSocket): void;
  us_socket_local_port(socket: UwsListenSocket): number;
  /** Without it a second server shares the port, and both seem to work. */
  readonly LIBUS_LISTEN_EXCLUSIVE_PORT: number;
}

/** Opaque, native. */
export type UwsListenSocket = object;

export interface UwsApp {
  any(pattern: string, handler: (response: UwsResponse, request: UwsRequest) => void): UwsApp;
  ws<UserData>(pattern: string, behavior: UwsBehavior<UserData>): UwsApp;
  listen(
    host: string,
    port: number,
    options: number,
    listening: (socket: UwsListenSocket | false) => void,
  ): UwsApp;
  /** Ends every connection and stops listening. */
  close(): UwsApp;
}

/** Lives on the stack: nothing of it may be read after the handler has returned. */
export interface UwsRequest {
  /** In lower case. */
  getMethod(): string;
  /** The path. */
  getUrl(): string;
  /** Empty or undefined when there is none, depending on the build. */
  getQuery(): string | undefined;
  /** Empty when there is none. */
  getHeader(name: string): string;
  forEach(visit: (name: string, value: string) => void): void;
}

/** Must not be touched once aborted. */
export interface UwsResponse {
  writeStatus(status: string): UwsResponse;
  writeHeader(name: string, value: string): UwsResponse;
  end(body?: string | Uint8Array): UwsResponse;
  /** Without a content-length header. */
  endWithoutBody(): UwsResponse;
  onAborted(handler: () => void): UwsResponse;
  /** The chunk is taken back after the handler has returned. */
  onData(handler: (chunk: ArrayBuffer, isLast: boolean) => void): UwsResponse;
  getRemoteAddressAsText(): ArrayBuffer;
  /** Reads nothing more from the connection until `resume`, which has to come before `end`. */
  pause(): void;
  resume(): void;
  /** What is written inside leaves in one write. */
  cork(write: () => void): UwsResponse;
  upgrade<UserData>(
    userData: UserData,
    key: string,
    protocol: string,
    extensions: string,
    context: UwsContext,
  ): void;
}

/** Opaque, native. */
export type UwsContext = object;

/** Any use after `close` has been called throws. */
export interface UwsWebSocket<UserData> {
  send(text: string): number;
  getBufferedAmount(): number;
  /** Queues a close frame and calls the close handler before it returns. */
  end(code: number, reason: string): void;
  /** Ends the connection and calls the close handler before it returns. */
  close(): void;
  cork(write: () => void): void;
  getUserData(): UserData;
}

export interface UwsBehavior<UserData> {
  readonly maxPayloadLength: number;
  /** Bytes; beyond, `send` drops silently. 0: never. */
  readonly maxBackpressure: number;
  /** Seconds since the client was last heard of; pings go out before. 0, or 8 to 960. */
  readonly idleTimeout: number;
  readonly sendPingsAutomatically: boolean;
  upgrade(response: UwsResponse, request: UwsRequest, context: UwsContext): void;
  open(socket: UwsWebSocket<UserData>): void;
  /** The message is taken back after the handler has returned. Text is valid UTF-8. */
  message(socket: UwsWebSocket<UserData>, message: ArrayBuffer, isBinary: boolean): void;
  /** Some of what was queued has been taken by the operating system. */
  drain(socket: UwsWebSocket<UserData>): void;
  close(socket: UwsWebSocket<UserData>): void;
}
