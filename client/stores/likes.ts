import { RallyError } from '../rally-error.ts';
import { Cell, type Readable } from '../readable.ts';
import { isLost } from './keeper.ts';

interface Like {
  wanted: boolean;
  isSending: boolean;
  readonly waiting: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[];
}

/** Likes of one chat that are on their way, by message: of several for one message the last one counts. */
export class Likes {
  readonly #send: (id: string, isLiked: boolean) => Promise<void>;
  readonly #likes = new Map<string, Like>();
  readonly #wanted = new Cell<ReadonlyMap<string, boolean>>(new Map());

  /** `send` resolves when the message itself says so. */
  constructor(send: (id: string, isLiked: boolean) => Promise<void>) {
    this.#send = send;
  }

  /** To be shown instead of what is so. */
  get wanted(): Readable<ReadonlyMap<string, boolean>> {
    return this.#wanted;
  }

  set(id: string, isLiked: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const like = this.#likes.get(id) ?? { wanted: isLiked, isSending: false, waiting: [] };
      like.wanted = isLiked;
      like.waiting.push({ resolve, reject });
      this.#likes.set(id, like);
      this.#show();
      void this.#settle(id, like);
    });
  }

  /** Those that got lost with a connection: liking what is liked does no harm. */
  sendAgain(): void {
    for (const [id, like] of this.#likes) void this.#settle(id, like);
  }

  forget(code: 'signed_out' | 'stopped'): void {
    const error = new RallyError(code, 'The like was not sent.');
    for (const [id, like] of [...this.#likes]) this.#end(id, like, ({ reject }) => reject(error));
  }

  async #settle(id: string, like: Like): Promise<void> {
    if (like.isSending) return;
    like.isSending = true;
    try {
      let sent: boolean | null = null;
      while (sent !== like.wanted) {
        sent = like.wanted;
        await this.#send(id, sent);
      }
      this.#end(id, like, ({ resolve }) => resolve());
    } catch (error) {
      if (!isLost(error)) this.#end(id, like, ({ reject }) => reject(error));
    } finally {
      like.isSending = false;
    }
  }

  #end(id: string, like: Like, tell: (waiting: Like['waiting'][number]) => void): void {
    if (this.#likes.get(id) === like) this.#likes.delete(id);
    this.#show();
    like.waiting.splice(0).forEach(tell);
  }

  #show(): void {
    this.#wanted.set(new Map(Array.from(this.#likes, ([id, { wanted }]) => [id, wanted] as const)));
  }
}
