import { type OutgoingHttpHeader, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { HttpResponse } from '../public-server/public-server.ts';
import type { ArrivedRequest } from './arrived-request.ts';

/** Hands the answer over whole, instead of writing it to a socket. Answers are not streamed: there is no `write`. */
export class GatheredResponse extends ServerResponse {
  readonly #answered: (response: HttpResponse) => void;
  readonly #headers: Record<string, string | readonly string[]> = {};

  constructor(request: ArrivedRequest, answered: (response: HttpResponse) => void) {
    super(request);
    this.#answered = answered;
  }

  override writeHead(status: number, given?: string | OutgoingHttpHeaders | OutgoingHttpHeader[]): this {
    this.statusCode = status;
    const late = typeof given === 'object' && !Array.isArray(given) ? given : {};
    for (const [name, value] of Object.entries({ ...this.getHeaders(), ...late }))
      if (value !== undefined) this.#headers[name] = typeof value === 'number' ? String(value) : value;
    return this;
  }

  override end(payload?: unknown): this {
    const isBody = this.req.method !== 'HEAD' && (typeof payload === 'string' || Buffer.isBuffer(payload));
    this.finished = true;
    this.#answered({ status: this.statusCode, headers: this.#headers, body: isBody ? payload : '' });
    this.emit('finish');
    return this;
  }
}
