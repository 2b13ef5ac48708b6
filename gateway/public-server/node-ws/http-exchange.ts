import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpBody } from '../http-body.ts';
import { frameResponse } from '../http-framing.ts';
import type { HandleHttp, HttpResponse } from '../public-server.ts';

/** Reads the whole request, has it handled, and answers unless the client has gone meanwhile. */
export function exchangeHttp(
  request: IncomingMessage,
  response: ServerResponse,
  handleHttp: HandleHttp,
): void {
  const body = new HttpBody();
  request.on('error', () => {
    // The client has gone: the answer will find the connection destroyed.
  });
  request.on('data', (chunk: Buffer) => body.add(chunk));
  request.on('end', async () => {
    const method = request.method ?? '';
    const answer = await handleHttp({
      method,
      url: request.url ?? '',
      headers: plainHeaders(request),
      body: body.whole(),
      remoteAddress: request.socket.remoteAddress ?? '',
      isAbandoned: () => request.socket.readableEnded || request.socket.destroyed,
    });
    if (!response.destroyed) write(response, method, answer);
  });
}

/** Node joins repeated headers as the port wants them, but for one that only responses have. */
export function plainHeaders(request: IncomingMessage): Record<string, string> {
  const joined = Object.entries(request.headers).map(([name, value]) => [
    name,
    [value ?? ''].flat().join(', '),
  ]);
  return Object.fromEntries(joined);
}

function write(response: ServerResponse, method: string, answer: HttpResponse): void {
  const { headers, body, contentLength } = frameResponse(method, answer);
  for (const [name, value] of headers) response.appendHeader(name, value);
  if (contentLength !== null) response.setHeader('content-length', contentLength);
  response.writeHead(answer.status);
  response.end(body ?? undefined);
}
