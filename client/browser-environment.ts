import type { Environment, WakeUp } from './environment.ts';

/** A page's world. Making it has no effect, and it can be made where there is no page: on a server that renders. */
export function browserEnvironment(): Environment {
  const { locks } = globalThis.navigator ?? {};
  return {
    fetch: (url, init) => fetch(url, init),
    openSocket(url, protocols, { opened, message, closed }) {
      const { href } = new URL(url, location.href);
      const socket = new WebSocket(href.replace(/^http/, 'ws'), [...protocols]);
      socket.onopen = opened;
      socket.onmessage = ({ data }) => message(data);
      socket.onclose = ({ code }) => closed(code);
      return socket;
    },
    now: () => Date.now(),
    setTimer(callback, ms) {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
    random: () => Math.random(),
    newId,
    // Pages that may not store anything throw at the very name.
    storage: {
      getItem: (key) => localStorage.getItem(key),
      setItem: (key, value) => localStorage.setItem(key, value),
      removeItem: (key) => localStorage.removeItem(key),
      keys: () => Object.keys(localStorage),
    },
    locks: locks
      ? {
          request: async (name, options, held) => await locks.request(name, options, held),
          heldNames: async () => ((await locks.query()).held ?? []).map(({ name }) => name ?? ''),
        }
      : null,
    wakeUps: {
      subscribe(listener) {
        const ends = WAKE_UPS.map(([target, event, cause]) => {
          const own = (happened: Event) => {
            const woken = cause(happened);
            if (woken) listener(woken);
          };
          const source = target === 'window' ? window : document;
          source.addEventListener(event, own);
          return () => source.removeEventListener(event, own);
        });
        return () => {
          for (const end of ends) end();
        };
      },
      isOnline: () => navigator.onLine,
      isVisible,
    },
    readCookie: (name) =>
      document.cookie
        .split('; ')
        .find((pair) => pair.startsWith(`${name}=`))
        ?.slice(name.length + 1),
  };
}

const isVisible = () => document.visibilityState === 'visible';

/** Browsers tell of the same thing in different ways, and of a thawed tab not always by its visibility. */
const WAKE_UPS: readonly (readonly ['window' | 'document', string, (event: Event) => WakeUp | null])[] = [
  ['window', 'online', () => 'online'],
  ['window', 'offline', () => 'offline'],
  ['window', 'focus', () => 'seen'],
  ['window', 'pageshow', () => 'thawed'],
  ['document', 'resume', () => 'thawed'],
  ['document', 'visibilitychange', () => (isVisible() ? 'seen' : 'hidden')],
  ['window', 'storage', (event) => (event instanceof StorageEvent && isOurs(event) ? 'stored' : null)],
];

/** null: all was cleared. */
const isOurs = ({ key }: StorageEvent) => key === null || key.startsWith('rally.session.');

/** `crypto.randomUUID` is there in secure contexts alone. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte, index) => {
    const fixed = index === 6 ? (byte & 0x0f) | 0x40 : index === 8 ? (byte & 0x3f) | 0x80 : byte;
    return fixed.toString(16).padStart(2, '0');
  });
  return hex.join('').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
