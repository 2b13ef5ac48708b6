import WebSocket from 'ws';
import { z } from 'zod';
import { serverFrame } from '../../protocol/server-frames.ts';
import type { ApiClient } from './api-client.ts';
import { PATIENCE_MS } from './patience.ts';

export interface Frame {
  readonly action: string;
  readonly data: Record<string, unknown>;
  readonly request_id?: string;
  readonly cursor?: string;
}

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

interface Waiter {
  readonly matches: (frame: Frame) => boolean;
  readonly resolve: (frame: Frame) => void;
  readonly reject: (error: Error) => void;
}

/** One browser tab's WebSocket. Keeps every frame it gets, and lets none pass that has not its shape. */
export class Tab {
  /** All but those that come at any time. */
  readonly frames: Frame[] = [];
  readonly pings: Frame[] = [];
  /** Who came online and went offline. */
  readonly presence: Frame[] = [];
  readonly closed: Promise<Closed>;
  readonly socket: WebSocket;
  readonly #shape: z.ZodType;
  /** Told of each frame before those who wait for it. */
  onFrame: (frame: Frame) => void = () => {};
  #waiters: Waiter[] = [];
  #requests = 0;

  /** `shape`: of every frame that may come. */
  constructor(
    url: string,
    headers: Record<string, string>,
    protocols: string[] = [],
    shape: z.ZodType = z.unknown(),
  ) {
    this.#shape = shape;
    this.socket = new WebSocket(url, protocols, { headers });
    this.socket.on('message', (data) => this.#receive(JSON.parse(data.toString())));
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString() });
        for (const waiter of this.#waiters.splice(0)) waiter.reject(new Error(`closed with ${code}`));
      });
    });
    this.socket.on('error', (error) => {
      for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
    });
  }

  /** The first frame, already here or yet to come, that matches. Rejects when the socket ends before, or patience does. */
  frame(matches: (frame: Frame) => boolean): Promise<Frame> {
    const here = this.frames.find(matches) ?? this.presence.find(matches);
    if (here) return Promise.resolve(here);
    return new Promise((resolve, reject) => {
      this.#waiters.push({ matches, resolve, reject });
      setTimeout(() => reject(this.#missing()), PATIENCE_MS).unref();
    });
  }

  action(action: string): Promise<Frame> {
    return this.frame((frame) => frame.action === action);
  }

  /** Sends a frame and waits for its `ack` or `error`. */
  ask(action: string, data: Record<string, unknown>): Promise<Frame> {
    this.#requests += 1;
    const requestId = `request-${this.#requests}`;
    this.send({ action, data, request_id: requestId });
    return this.frame((frame) => frame.request_id === requestId);
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  of(action: string): Frame[] {
    return this.frames.filter((frame) => frame.action === action);
  }

  get lastCursor(): string {
    const cursors = this.frames.flatMap((frame) => frame.cursor ?? frame.data.cursor ?? []);
    return String(cursors.at(-1) ?? '');
  }

  close(): Promise<Closed> {
    this.socket.close();
    return this.closed;
  }

  #kept({ action }: Frame): Frame[] {
    if (action === 'ping') return this.pings;
    return action === 'user_online' || action === 'user_offline' ? this.presence : this.frames;
  }

  #missing(): Error {
    const last = this.frames.slice(-5).map(({ action, data }) => `${action} ${JSON.stringify(data)}`);
    return new Error(`not within ${PATIENCE_MS} ms; the last frames were ${last.join(', ') || 'none'}`);
  }

  #receive(frame: Frame): void {
    this.#kept(frame).push(frame);
    this.onFrame(frame);
    const { error } = this.#shape.safeParse(frame);
    if (error) {
      const broken = new Error(`a frame of another shape: ${JSON.stringify(frame)}`, { cause: error });
      for (const waiter of this.#waiters.splice(0)) waiter.reject(broken);
      // Not within any test's reach: it fails the run, also when nobody waits.
      throw broken;
    }
    const [ready, waiting] = [
      this.#waiters.filter((waiter) => waiter.matches(frame)),
      this.#waiters.filter((waiter) => !waiter.matches(frame)),
    ];
    this.#waiters = waiting;
    for (const waiter of ready) waiter.resolve(frame);
  }
}

export interface TabOptions {
  readonly cursor?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly protocols?: string[];
  /** Another gateway than the one the user signed up at. */
  readonly address?: string;
}

/** Connects to a Rally without waiting for anything. Every frame has to be one of the protocol's, with no key more or less. */
export function connectTab(user: ApiClient, options: TabOptions = {}): Tab {
  const url = new URL(options.path ?? '/ws/events', options.address ?? user.address);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  if (options.cursor !== undefined) url.searchParams.set('cursor', options.cursor);
  const cookie: Record<string, string> = user.cookies.size > 0 ? { cookie: user.cookieHeader } : {};
  const headers = { origin: user.address, ...cookie, ...options.headers };
  const tab = new Tab(url.href, headers, options.protocols, serverFrame);
  tab.onFrame = ({ action, cursor, data }) => {
    const place = cursor ?? data.cursor ?? (action === 'ack' ? data.position : undefined);
    if (typeof place === 'string') user.sees(place, { anew: action === 'welcome' });
  };
  return tab;
}

/** A tab that has been welcomed. */
export async function openTab(user: ApiClient, options: TabOptions = {}): Promise<Tab> {
  const tab = connectTab(user, options);
  await tab.action('welcome');
  return tab;
}
