import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { Client } from '../accounts/session.ts';
import type { ClientAddressOf } from '../client-address.ts';
import { HTTP_BODY_BYTES_LIMIT, type HttpRequest } from '../public-server/public-server.ts';

/** A request that has arrived whole, in the shape in which Node's own server hands one over. */
export class ArrivedRequest extends IncomingMessage {
  /** Else, once its body has been read, the client would count as gone. */
  override readonly complete = true;
  readonly isAbandoned: HttpRequest['isAbandoned'];

  constructor({ method, url, headers, body, remoteAddress, isAbandoned }: HttpRequest) {
    super(new Peer(remoteAddress));
    this.isAbandoned = isAbandoned;
    this.method = method;
    this.url = url;
    Object.assign(this.headers, headers);
    // A body that was not kept is only declared: the route decides first whether the request is refused for more.
    if (body === null) this.headers['content-length'] = String(HTTP_BODY_BYTES_LIMIT + 1);
    else if (body.length > 0) {
      this.headers['content-length'] = String(body.length);
      this.push(body);
    }
    this.push(null);
  }

  override _read(): void {
    // Everything is there already.
  }
}

/** Whether the client has gone before its answer. For routes, before each costly step. */
export const isAbandoned = ({ raw }: FastifyRequest): boolean =>
  raw instanceof ArrivedRequest && raw.isAbandoned();

/** Who sent it, for limits and queues that are fair by address. */
export const clientOf = (request: FastifyRequest, addressOf: ClientAddressOf): Client => {
  const { socket, headers } = request;
  const forwardedFor = [headers['x-forwarded-for'] ?? []].flat().join();
  return {
    address: addressOf(socket.remoteAddress ?? '', forwardedFor),
    hasGone: () => isAbandoned(request),
  };
};

/** Never connected: only says who is on the other side. */
class Peer extends Socket {
  override readonly remoteAddress: string;

  constructor(remoteAddress: string) {
    super();
    this.remoteAddress = remoteAddress;
  }
}
