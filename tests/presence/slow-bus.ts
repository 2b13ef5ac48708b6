import { type CommandReply, type CommandRequest, commandRequest } from '../../protocol/commands.ts';

/** What becomes of a request. Whoever sent it gets no answer by any but the first two. */
export type Delivery = 'answered' | 'answered, and comes again' | 'comes later' | 'reply lost' | 'lost';

interface Sent {
  readonly text: string;
  /** null: nobody waits for it any more. */
  answer: ((replies: readonly CommandReply[]) => void) | null;
}

type Serve = (request: CommandRequest, at: number) => Promise<readonly CommandReply[] | null>;

const UNAVAILABLE: CommandReply = { outcome: 'refused', code: 'unavailable' };

/** Takes requests to command services when somebody says so: in any order, twice, or long after whoever sent them has given up. */
export class SlowBus {
  readonly #waiting: Sent[] = [];
  readonly #serve: Serve;

  /** `serve`: by the command service of that number; null: it was killed meanwhile. */
  constructor(serve: Serve) {
    this.#serve = serve;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  request(request: CommandRequest): Promise<readonly CommandReply[]> {
    return new Promise((answer) => this.#waiting.push({ text: JSON.stringify(request), answer }));
  }

  /** Mostly the newest one, so that others wait for long. */
  deliver(which: number, delivery: Delivery, at: number): void {
    const count = this.#waiting.length;
    const [sent] = this.#waiting.splice(which % 3 > 0 ? count - 1 : which % count, 1);
    if (!sent) return;
    const request = commandRequest.parse(JSON.parse(sent.text));
    const giveUp = () => {
      sent.answer?.(request.commands.map(() => UNAVAILABLE));
      sent.answer = null;
    };
    if (delivery === 'comes later' || delivery === 'answered, and comes again')
      this.#waiting.push({ text: sent.text, answer: null });
    const isServed = delivery !== 'comes later' && delivery !== 'lost';
    if (!isServed || delivery === 'reply lost') giveUp();
    if (!isServed) return;
    void this.#serve(request, at).then((replies) => {
      if (replies) sent.answer?.(replies);
      else giveUp();
    });
  }
}
