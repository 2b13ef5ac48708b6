import type { Connection, Live } from '../../../client/live.ts';
import { RallyError } from '../../../client/rally-error.ts';
import { Cell } from '../../../client/readable.ts';
import type { AckData, ClientAction, ClientData, PushFrame, WelcomeFrame } from '../../../client/wire.ts';
import { settled, welcome } from '../fake-environment.ts';

interface Sent {
  readonly action: ClientAction;
  readonly data: unknown;
}

interface Asked extends Sent {
  ack(position: string): Promise<void>;
  refuse(error: RallyError): Promise<void>;
}

/** A connection as stores see it: what comes is the test's to say, and what goes is noted. */
export class FakeLive implements Live {
  readonly connection = new Cell<Connection>({ phase: 'idle' });
  readonly told: Sent[] = [];
  /** In order, also those that are answered. */
  readonly asked: Asked[] = [];
  readonly #handlers = new Set<(frame: PushFrame) => void>();
  readonly #welcomed = new Set<(data: WelcomeFrame['data']) => void | Promise<void>>();

  /** How many listen to it. */
  get listeners(): number {
    return this.#handlers.size + this.#welcomed.size;
  }

  on: Live['on'] = () => {
    throw new Error('stores hear everything by one handler');
  };

  onPush: Live['onPush'] = (handler) => {
    const own = (frame: PushFrame) => handler(frame, { isReplayed: false });
    this.#handlers.add(own);
    return () => void this.#handlers.delete(own);
  };

  onWelcome: Live['onWelcome'] = (handler) => {
    this.#welcomed.add(handler);
    return () => void this.#welcomed.delete(handler);
  };

  request<Action extends ClientAction>(action: Action, data: ClientData<Action>): Promise<AckData> {
    return new Promise((resolve, reject) => {
      if (!this.#isThere()) return reject(new RallyError('not_connected', ''));
      const ack = (position: string) => {
        resolve({ position });
        return settled();
      };
      const refuse = (error: RallyError) => {
        reject(error);
        return settled();
      };
      this.asked.push({ action, data, ack, refuse });
    });
  }

  tell<Action extends ClientAction>(action: Action, data: ClientData<Action>): boolean {
    if (!this.#isThere()) return false;
    this.told.push({ action, data });
    return true;
  }

  push(frame: PushFrame): void {
    for (const handler of this.#handlers) handler(frame);
  }

  /** It is connected again; `ready` once stores have what they lack. */
  async welcome(data: Partial<WelcomeFrame['data']> = {}): Promise<void> {
    this.connection.set({ phase: 'catching_up' });
    const told = { ...welcome().data, ...data };
    const caughtUp = Promise.all([...this.#welcomed].map((handler) => handler(told)));
    await settled();
    this.connection.set({ phase: 'ready' });
    await settled();
    void caughtUp;
  }

  #isThere(): boolean {
    return ['ready', 'catching_up'].includes(this.connection.get().phase);
  }

  lose(): void {
    this.connection.set({ phase: 'waiting', cause: 'unreachable', retryAt: null });
  }
}
