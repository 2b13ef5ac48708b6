import type { Socket, SocketHandlers } from '../../gateway/public-server/public-server.ts';
import type { WebSocketGateway } from '../../gateway/websocket/websocket-gateway.ts';
import { type Cursor, formatCursor, parseCursor } from '../../protocol/cursor.ts';
import { decodeLines } from '../support/encoded-lines.ts';
import type { Log } from './world.ts';

/** As far as the model looks at it. */
interface Frame {
  readonly action: string;
  readonly cursor?: string;
  readonly data: { readonly cursor: string; readonly recovered: boolean };
}

interface Connection {
  isOpen: boolean;
  handlers: SocketHandlers | null;
}

/** One browser tab that connects again and again with its last cursor, and what it has seen. */
export class ModelTab {
  readonly #user: string;
  readonly #log: Log;
  /** Where what it sees begins: the cursor of its first welcome. */
  #start: Cursor | null = null;
  readonly #seen: Cursor[] = [];
  #isWelcomed = false;
  #connection: Connection | null = null;
  #trouble: string | null = null;

  constructor(user: string, log: Log) {
    this.#user = user;
    this.#log = log;
  }

  get isConnected(): boolean {
    return this.#connection?.isOpen ?? false;
  }

  /** What it should not have seen, or been told, in words. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** It is there, and has seen all that its user was told since its first welcome. */
  get isUpToDate(): boolean {
    return this.isConnected && this.#isWelcomed && this.#expected().length === this.#seen.length;
  }

  connect(gateway: WebSocketGateway): void {
    const last = this.#seen.at(-1) ?? this.#start;
    const answer = gateway.answerHandshake({
      path: '/ws/events',
      query: last ? `cursor=${formatCursor(last)}` : '',
      headers: { cookie: `access_token=${this.#user}` },
      remoteAddress: '127.0.0.1',
    });
    if (answer.outcome === 'refused') throw new Error(`refused with ${answer.status}`);
    const connection: Connection = { isOpen: true, handlers: null };
    this.#connection = connection;
    this.#isWelcomed = false;
    const socket: Socket = {
      send: (text) => void (connection.isOpen && this.#read(JSON.parse(text), last !== null)),
      sendAll: (texts) => texts.forEach(socket.send),
      sendEncoded: (encoded) => socket.sendAll(decodeLines(encoded)),
      unsentBytes: () => 0,
      close: () => this.#end(connection),
      terminate: () => this.#end(connection),
    };
    connection.handlers = answer.open(socket);
  }

  /** The last frames that the server sent do not arrive any more. */
  disconnect(lost: number): void {
    if (!this.#connection?.isOpen) return;
    this.#end(this.#connection);
    this.#seen.splice(Math.max(0, this.#seen.length - lost));
  }

  describe(): string {
    const places = (cursors: readonly Cursor[]) =>
      cursors.map(({ position, ordinal }) => `${position}.${ordinal}`);
    const state = `${this.isConnected ? '' : 'not '}connected, ${this.#isWelcomed ? '' : 'not '}welcomed`;
    return `${this.#user} (${state}) has seen [${places(this.#seen)}] of [${places(this.#expected())}]`;
  }

  #end(connection: Connection): void {
    if (!connection.isOpen) return;
    connection.isOpen = false;
    queueMicrotask(() => connection.handlers?.closed());
  }

  #read({ action, cursor: text = '', data }: Frame, wantsToGoOn: boolean): void {
    if (action === 'welcome') {
      this.#isWelcomed = true;
      this.#start ??= parseCursor(data.cursor);
      if (wantsToGoOn && !data.recovered) this.#trouble ??= `told to reload: ${this.describe()}`;
      return;
    }
    const cursor = parseCursor(text);
    if (!cursor) throw new Error(`a frame without a cursor: ${action}`);
    const expected = this.#expected()[this.#seen.length];
    this.#seen.push(cursor);
    if (!expected || formatCursor(expected) !== text) this.#trouble ??= this.describe();
  }

  #expected(): Cursor[] {
    if (!this.#start) return [];
    return this.#log.feedOf(this.#user, this.#start, this.#log.end).map(({ cursor }) => cursor);
  }
}
