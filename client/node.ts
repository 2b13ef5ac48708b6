import { browserEnvironment } from './browser-environment.ts';
import type { Environment, KeyValueStorage } from './environment.ts';

/** What is used of a WebSocket of Node's own, or of the package `ws`. */
export interface NodeWebSocket {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

export interface NodeOptions {
  /** Of the package `ws`, where Node has none of its own (before 22). */
  readonly WebSocket?: new (
    url: string,
    protocols: string[],
  ) => NodeWebSocket;
  /** Where messages wait that are not sent yet; none: in memory. */
  readonly storage?: KeyValueStorage;
}

/**
 * A world for bots and servers: cookies are kept as a browser keeps them, in memory and for each host, and requests name the
 * server's own origin. There is nobody to look at it, and nothing wakes it up.
 */
export function nodeEnvironment(options: NodeOptions = {}): Environment {
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (url: string): Map<string, string> => {
    const { host } = new URL(url);
    const jar = jars.get(host) ?? new Map<string, string>();
    jars.set(host, jar);
    return jar;
  };
  return {
    ...browserEnvironment(),
    async fetch(url, init) {
      const jar = jarOf(url);
      const headers = new Headers(init.headers);
      headers.set('origin', new URL(url).origin);
      if (init.credentials !== 'omit')
        headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
      const response = await fetch(url, { ...init, headers });
      for (const cookie of response.headers.getSetCookie()) keepCookie(jar, cookie);
      return response;
    },
    openSocket(url, protocols, listener) {
      const Constructor = options.WebSocket ?? globalThis.WebSocket;
      const token = jarOf(url).get('access_token');
      const offered = protocols.length === 0 && token !== undefined ? ['bearer', token] : [...protocols];
      const socket: NodeWebSocket = new Constructor(url.replace(/^http/, 'ws'), offered);
      socket.onopen = () => listener.opened();
      socket.onmessage = ({ data }: { readonly data: unknown }) => listener.message(data);
      socket.onclose = ({ code }: { readonly code: number }) => listener.closed(code);
      // Followed by a close; without a listener it would end the process.
      socket.onerror = () => {};
      return socket;
    },
    storage: options.storage ?? null,
    locks: null,
    wakeUps: { subscribe: () => () => {}, isOnline: () => true, isVisible: () => true },
    readCookie: (name) => [...jars.values()].find((jar) => jar.has(name))?.get(name),
  };
}

function keepCookie(jar: Map<string, string>, cookie: string): void {
  const [pair = '', ...attributes] = cookie.split(';').map((part) => part.trim());
  const [name = '', value = ''] = pair.split(/=(.*)/s);
  if (value === '' || attributes.some((attribute) => /^max-age=0$/i.test(attribute))) jar.delete(name);
  else jar.set(name, value);
}
