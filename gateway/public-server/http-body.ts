import { HTTP_BODY_BYTES_LIMIT } from './public-server.ts';

/** Gathers a request's body, and lets go of it when it grows beyond the limit. */
export class HttpBody {
  #chunks: Buffer[] = [];
  #bytes = 0;

  /** Keeps the chunk itself, not a copy. */
  add(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > HTTP_BODY_BYTES_LIMIT) this.#chunks = [];
    else if (chunk.length > 0) this.#chunks.push(chunk);
  }

  /** null: it was larger than `HTTP_BODY_BYTES_LIMIT`. */
  whole(): Buffer | null {
    return this.#bytes > HTTP_BODY_BYTES_LIMIT ? null : Buffer.concat(this.#chunks);
  }
}
