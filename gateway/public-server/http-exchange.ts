import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type HttpConnection, LAST_WORDS_MS, refuse } from './http-connection.ts';
import { type HandleHttp, HTTP_BODY_BYTES_LIMIT, type HttpResponse } from './public-server.ts';
import { declaresBody, refusalOf, targetOf } from './request-head.ts';

export interface HttpExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly connection: HttpConnection;
  readonly handleHttp: HandleHttp;
  /** Connections end with their next answer: the server has stopped listening. */
  readonly isEnding: () => boolean;
}

/**
 * Reads the whole request, has it handled, and answers unless the client has gone meanwhile. A body that is too large
 * is not waited for: the answer leaves at once, and the connection ends. It also ends while the server is stopping, so
 * that a proxy sends its next request to another one instead of hearing from this one that it does not work any more.
 */
export async function exchangeHttp(exchange: HttpExchange): Promise<void> {
  const { request, response, connection, handleHttp, isEnding } = exchange;
  const refusal = refusalOf(request);
  if (refusal !== null) return refuse(request.socket, refusal);
  const body = await readBody(request, response, connection);
  if (body === 'broken') return;
  const method = request.method ?? '';
  const answer = await handleHttp({
    method,
    ...targetOf(request),
    body,
    remoteAddress: request.socket.remoteAddress ?? '',
    isAbandoned: () => request.socket.readableEnded || request.socket.destroyed,
  });
  if (response.destroyed) return;
  const over = new Promise((resolve) => response.once('close', resolve));
  const rest = writeHead(response, method, answer, body === null || isEnding());
  if (body !== null) response.end(rest);
  else await endEarly(request, response, rest);
  await over;
}

const NO_BODY = Buffer.alloc(0);

/** null: it is larger than `HTTP_BODY_BYTES_LIMIT`; 'broken': its end never comes. */
function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  connection: HttpConnection,
): Promise<Buffer | null | 'broken'> | Buffer | null {
  if (!declaresBody(request)) return NO_BODY;
  if (declaresBody(request, HTTP_BODY_BYTES_LIMIT)) return null;
  if (request.headers.expect !== undefined) response.writeContinue();
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const done = (body: Buffer | null | 'broken') => {
      connection.readsBody(null);
      request.off('data', add);
      resolve(body);
    };
    const add = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > HTTP_BODY_BYTES_LIMIT) done(null);
      else chunks.push(chunk);
    };
    connection.readsBody(() => {
      if (!request.complete) done('broken');
    });
    request.on('data', add);
    request.once('end', () => done(Buffer.concat(chunks)));
    request.once('close', () => done('broken'));
  });
}

/** Gives back the body that is to follow. */
function writeHead(
  response: ServerResponse,
  method: string,
  answer: HttpResponse,
  isLast: boolean,
): string | Buffer | undefined {
  const { headers, body, contentLength } = frameResponse(method, answer);
  for (const [name, value] of headers) response.appendHeader(name, value);
  if (contentLength !== null) response.setHeader('content-length', contentLength);
  if (isLast) response.setHeader('connection', 'close');
  response.writeHead(answer.status);
  return body ?? undefined;
}

/**
 * Answers a request whose body is still coming, and cuts the connection once the client has heard that nobody listens.
 * Until then the rest is read and dropped: unread bytes would make the system throw the answer away.
 */
async function endEarly(
  request: IncomingMessage,
  response: ServerResponse,
  body: string | Buffer | undefined,
): Promise<void> {
  if (body === undefined || body.length === 0) response.flushHeaders();
  else response.write(body);
  request.resume();
  const gone = new Promise((resolve) => request.once('close', resolve));
  await Promise.race([gone, delay(LAST_WORDS_MS, undefined, { ref: false })]);
  if (!response.destroyed) response.end();
}

const BODILESS_STATUSES: readonly number[] = [204, 304];
/** Of the connection, so the server's to write: whoever handles a request may think that the connection is its own. */
const FRAMING_HEADERS: readonly string[] = [
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'date',
];

interface FramedResponse {
  /** One pair per line on the wire: a header with several values comes several times. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** null: no body follows, whatever its length is said to be. */
  readonly body: string | Buffer | null;
  /** null: the header is left out. */
  readonly contentLength: number | null;
}

/** What HTTP sends of this response: HEAD, 204 and 304 have no body. */
function frameResponse(method: string, { status, headers, body }: HttpResponse): FramedResponse {
  const lines = Object.entries(headers)
    .filter(([name]) => !FRAMING_HEADERS.includes(name.toLowerCase()))
    .flatMap(([name, value]) => [value].flat().map((line): [string, string] => [name, line]));
  if (BODILESS_STATUSES.includes(status)) return { headers: lines, body: null, contentLength: null };
  if (method !== 'HEAD') return { headers: lines, body, contentLength: Buffer.byteLength(body) };
  const said = headers['content-length'];
  return { headers: lines, body: null, contentLength: said ? Number(said) : Buffer.byteLength(body) };
}
