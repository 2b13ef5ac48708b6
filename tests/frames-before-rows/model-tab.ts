import type { Socket, SocketHandlers } from '../../gateway/public-server/public-server.ts';
import type { WebSocketGateway } from '../../gateway/websocket/websocket-gateway.ts';
import { type Cursor, formatCursor, parseCursor } from '../../protocol/cursor.ts';
import { decodeLines } from '../support/encoded-lines.ts';
import type { Log } from './world.ts';

/** As far as the model looks at it. */
interface Frame {
  readonly action: string;
  readonly cursor?: string;
  readonly data: {
    readonly cursor: string;
    readonly recovered: boolean;
    readonly username: string;
    readonly date: string;
  };
}

interface Connection {
  isOpen: boolean;
  handlers: SocketHandlers | null;
  /** Where it was welcomed. */
  start: Cursor | null;
  /** The place of the newest that it was told of each person; 0 of one who was never there. */
  readonly presence: Map<string, bigint>;
  isWatching: boolean;
}

/** One browser tab that connects again and again with its last cursor, and what it has seen. */
export class ModelTab {
  readonly #user: string;
  readonly #log: Log;
  readonly #watched: readonly string[] | null;
  /** Where what it sees begins: the cursor of its first welcome. */
  #start: Cursor | null = null;
  readonly #seen: Cursor[] = [];
  #isWelcomed = false;
  #connection: Connection | null = null;
  #trouble: string | null = null;

  /** `watched`: whose presence it hears of; null: everybody's. */
  constructor(user: string, log: Log, watched: readonly string[] | null) {
    this.#user = user;
    this.#log = log;
    this.#watched = watched;
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
    const hasSeenAll = this.isConnected && this.#isWelcomed && this.#expected().length === this.#seen.length;
    return hasSeenAll && this.#notToldOf().length === 0;
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
    const connection: Connection = {
      isOpen: true,
      handlers: null,
      start: null,
      presence: new Map(),
      isWatching: false,
    };
    this.#connection = connection;
    this.#isWelcomed = false;
    const socket: Socket = {
      send: (text) => void (connection.isOpen && this.#read(JSON.parse(text), connection, last !== null)),
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
    const presence = `has not been told the last of ${this.#notToldOf().join(', ') || 'nobody'}`;
    return `${this.#user} (${state}) has seen [${places(this.#seen)}] of [${places(this.#expected())}], ${presence}`;
  }

  #end(connection: Connection): void {
    if (!connection.isOpen) return;
    connection.isOpen = false;
    queueMicrotask(() => connection.handlers?.closed());
  }

  #read({ action, cursor, data }: Frame, connection: Connection, wantsToGoOn: boolean): void {
    switch (action) {
      case 'welcome':
        connection.start = parseCursor(data.cursor);
        this.#watch(connection);
        this.#isWelcomed = true;
        this.#start ??= parseCursor(data.cursor);
        if (wantsToGoOn && !data.recovered) this.#trouble ??= `told to reload: ${this.describe()}`;
        break;
      case 'user_online':
      case 'user_offline':
        this.#readPresence(data, connection);
        break;
      case 'ack':
        connection.isWatching = true;
        break;
      case 'error':
        this.#watch(connection);
        break;
      case 'ping':
        break;
      default:
        this.#readEvent(cursor ?? '');
    }
  }

  #readEvent(text: string): void {
    const cursor = parseCursor(text);
    if (!cursor) throw new Error(`a frame without a cursor: ${text}`);
    const expected = this.#expected()[this.#seen.length];
    this.#seen.push(cursor);
    if (!expected || formatCursor(expected) !== text) this.#trouble ??= this.describe();
  }

  #watch({ handlers }: Connection): void {
    if (this.#watched)
      handlers?.message(
        JSON.stringify({ action: 'watch_presence', data: { usernames: this.#watched }, request_id: '1' }),
      );
  }

  #readPresence({ username, date }: Frame['data'], { start, presence }: Connection): void {
    const place = BigInt(date);
    if (!start) this.#trouble ??= `told who is online before its welcome: ${this.describe()}`;
    if (place < (presence.get(username) ?? 0n))
      this.#trouble ??= `told of ${username} at ${place} after ${presence.get(username)}: ${this.describe()}`;
    presence.set(username, place);
  }

  /** A tab that watches is told of each, the others of what happens after their welcome. */
  #notToldOf(): string[] {
    const connection = this.#connection;
    if (!connection?.start || (this.#watched && !connection.isWatching)) return ['everybody'];
    const { start, presence } = connection;
    const newest = new Map(
      this.#log.presenceUpTo(this.#log.end).map(({ username, position }) => [username, position]),
    );
    if (this.#watched) return this.#watched.filter((name) => presence.get(name) !== (newest.get(name) ?? 0n));
    return [...newest.keys()].filter(
      (name) => (newest.get(name) ?? 0n) > start.position && presence.get(name) !== newest.get(name),
    );
  }

  #expected(): Cursor[] {
    if (!this.#start) return [];
    return this.#log.feedOf(this.#user, this.#start, this.#log.end).map(({ cursor }) => cursor);
  }
}
