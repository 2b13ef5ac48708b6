import type { CrowdUser } from './crowd.ts';
import { openRawWebSocket, type RawWebSocket } from './raw-websocket.ts';

/** Of whose tabs storms are made: a number says who it is. */
export const stormUser = (number: number): string => `storm.${number}`;

const ONLINE = '{"action":"user_online","data":{"username":"storm.';
const OFFLINE = '{"action":"user_offline","data":{"username":"storm.';

const MS_PER_S = 1000;
const RETRY_AFTER_MS = 200;
/** Of a frame of 126 bytes or more from the server. */
const HEAD_BYTES = 4;

/** A tab that notes who is online, as far as it hears of it. */
export class StormTab {
  readonly #address: string;
  readonly #user: CrowdUser;
  /** null: it says nothing of whom it watches. */
  readonly #watched: readonly number[] | null;
  /** By number, 1: was said last to be online. */
  readonly #online: Uint8Array;
  /** By number, 1: has to be heard to be online. */
  readonly #isAwaited: Uint8Array;
  #socket: RawWebSocket | undefined;
  #second = 0;
  #inSecond = 0;
  isWelcome = false;
  /** Of those who have to be heard to be online, how many are not. */
  missing = 0;
  awaited = 0;
  /** About presence, and the bytes that they take up. */
  frames = 0;
  bytes = 0;
  /** Frames, within one second. */
  mostPerS = 0;
  /** How often it had to say again whom it watches. */
  retries = 0;

  /** `tabs`: how many numbers there are. */
  constructor(address: string, user: CrowdUser, tabs: number, watched: readonly number[] | null) {
    this.#address = address;
    this.#user = user;
    this.#watched = watched;
    this.#online = new Uint8Array(tabs);
    this.#isAwaited = new Uint8Array(tabs);
    for (const number of watched ?? []) this.#await(number);
  }

  /** Resolves when it has been welcomed; `onClosed` is called once, whoever closes it. */
  connect(onClosed: (reason: string) => void): Promise<void> {
    const { path, headers } = this.#user;
    let isClosed = false;
    return new Promise((resolve, reject) => {
      openRawWebSocket(this.#address, path, headers, {
        text: (payload, socket) => {
          if (payload.startsWith('{"action":"error"')) return this.#watchAgain(payload, socket);
          if (!payload.startsWith('{"action":"welcome"')) return this.#hear(payload);
          this.isWelcome = true;
          this.#watch(socket);
          resolve();
        },
        closed: (reason) => {
          if (!isClosed) onClosed(reason);
          isClosed = true;
          reject(new Error(reason));
        },
      }).then((socket) => {
        this.#socket = socket;
      }, reject);
    });
  }

  /** Everybody from this number on has to be heard to be online. */
  awaitFrom(first: number): void {
    for (let number = first; number < this.#online.length; number += 1) this.#await(number);
  }

  close(): void {
    this.#socket?.end();
  }

  #watch(socket: RawWebSocket): void {
    if (this.#watched) socket.send(watchFrame(this.#watched));
  }

  /** Refused for a while: it hears of them, and has not been told what is so now. */
  #watchAgain(payload: string, socket: RawWebSocket): void {
    if (!payload.includes('"retryable":true')) throw new Error(payload);
    this.retries += 1;
    setTimeout(() => this.#watch(socket), RETRY_AFTER_MS);
  }

  #await(number: number): void {
    this.#isAwaited[number] = 1;
    this.awaited += 1;
    if (this.#online[number] === 0) this.missing += 1;
  }

  #hear(payload: string): void {
    const isOnline = payload.startsWith(ONLINE);
    if (!isOnline && !payload.startsWith(OFFLINE)) return;
    const number = Number.parseInt(payload.slice(isOnline ? ONLINE.length : OFFLINE.length), 10);
    if (this.#isAwaited[number]) this.missing += (this.#online[number] ?? 0) - Number(isOnline);
    this.#online[number] = Number(isOnline);
    this.frames += 1;
    this.bytes += payload.length + HEAD_BYTES;
    const second = Math.floor(performance.now() / MS_PER_S);
    if (second !== this.#second) [this.#second, this.#inSecond] = [second, 0];
    this.#inSecond += 1;
    this.mostPerS = Math.max(this.mostPerS, this.#inSecond);
  }
}

const watchFrame = (numbers: readonly number[]): string =>
  JSON.stringify({ action: 'watch_presence', data: { usernames: numbers.map(stormUser) } });
