import type { Environment } from '../environment.ts';
import { RallyError } from '../rally-error.ts';
import type { AckData, AckFrame, ErrorFrame } from '../wire.ts';

/** Far longer than the server takes to store or refuse something. */
const ANSWER_MS = 20_000;

interface Waiting {
  resolve(data: AckData): void;
  reject(error: RallyError): void;
}

/** Frames that were sent and wait for their `ack` or `error`. */
export class Requests {
  readonly #environment: Pick<Environment, 'setTimer'>;
  readonly #waiting = new Map<string, Waiting>();
  #count = 0;

  constructor(environment: Pick<Environment, 'setTimer'>) {
    this.#environment = environment;
  }

  /** `send` puts the frame on the socket, with this id; false: it could not. */
  ask(send: (requestId: string) => boolean): Promise<AckData> {
    this.#count += 1;
    const id = `r${this.#count}`;
    if (!send(id)) return Promise.reject(new RallyError('not_connected', 'There is no connection.'));
    return new Promise((resolve, reject) => {
      const cancel = this.#environment.setTimer(
        () => this.#waiting.get(id)?.reject(unconfirmed()),
        ANSWER_MS,
      );
      const settle = () => {
        cancel();
        this.#waiting.delete(id);
      };
      this.#waiting.set(id, {
        resolve(data) {
          settle();
          resolve(data);
        },
        reject(error) {
          settle();
          reject(error);
        },
      });
    });
  }

  answer(frame: AckFrame | ErrorFrame): void {
    const waiting = this.#waiting.get(frame.request_id ?? '');
    if (frame.action === 'ack') {
      waiting?.resolve(frame.data);
      return;
    }
    const { code, message, retryable, retry_after_ms: retryAfterMs } = frame.data;
    waiting?.reject(
      new RallyError(code, message, { retryable, ...(retryAfterMs !== undefined && { retryAfterMs }) }),
    );
  }

  /** The socket has ended: nobody knows what became of them. */
  lost(): void {
    for (const waiting of [...this.#waiting.values()]) waiting.reject(unconfirmed());
  }
}

const unconfirmed = () => new RallyError('unconfirmed', 'It was sent, and no answer has come.');
