const HEAD_END = '\r\n\r\n';
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;

/** Cuts a keep-alive connection's byte stream into responses; only their status is of interest. */
export class HttpResponseReader {
  #head = '';
  #status = 0;
  #bodyLeft: number | null = null;

  /** Responses to requests that are sent one after the other: at most one ends in a chunk. null: not yet. */
  read(chunk: Buffer): number | null {
    let at = 0;
    if (this.#bodyLeft === null) {
      const before = this.#head.length;
      this.#head += chunk.toString('latin1');
      const end = this.#head.indexOf(HEAD_END);
      if (end < 0) return null;
      const head = this.#head.slice(0, end);
      this.#status = Number(head.slice(9, 12));
      this.#bodyLeft = Number(CONTENT_LENGTH.exec(head)?.[1] ?? 0);
      at = end + HEAD_END.length - before;
    }
    this.#bodyLeft -= chunk.length - at;
    if (this.#bodyLeft > 0) return null;
    this.#head = '';
    this.#bodyLeft = null;
    return this.#status;
  }
}
