import { STATUS_CODES } from 'node:http';
import { HttpBody } from '../http-body.ts';
import { frameResponse } from '../http-framing.ts';
import type { HandleHttp, HttpRequest, HttpResponse } from '../public-server.ts';
import type { UwsRequest, UwsResponse } from './uwebsockets-api.ts';

/**
 * Reads the whole request, has it handled, and answers unless the client has gone meanwhile.
 *
 * The library closes a connection on which it finds another request before the answer; what was carried out by then
 * would lose its reply. So nothing more is read from the connection until the answer is written, and work begins only
 * after the read that brought the request: if the same read brought another one, the connection is gone by then.
 */
export function exchangeHttp(response: UwsResponse, request: UwsRequest, handleHttp: HandleHttp): void {
  const head = readHead(response, request);
  const body = new HttpBody();
  let aborted = false;
  response.onAborted(() => {
    aborted = true;
  });
  response.onData((chunk, isLast) => {
    body.add(Buffer.from(Buffer.from(chunk)));
    if (isLast) setImmediate(() => void answer());
  });

  async function answer(): Promise<void> {
    if (aborted) return;
    response.pause();
    const answered = await handleHttp({ ...head, body: body.whole(), isAbandoned: () => aborted });
    if (aborted) return;
    response.cork(() => {
      response.resume();
      write(response, head.method, answered);
    });
  }
}

function readHead(response: UwsResponse, request: UwsRequest): Omit<HttpRequest, 'body' | 'isAbandoned'> {
  const query = request.getQuery() ?? '';
  return {
    method: request.getMethod().toUpperCase(),
    url: query ? `${request.getUrl()}?${query}` : request.getUrl(),
    headers: joinedHeaders(request),
    remoteAddress: remoteAddress(response),
  };
}

/** A header that comes several times is one whose values are joined. */
export function joinedHeaders(request: UwsRequest): Record<string, string> {
  const headers: Record<string, string> = {};
  request.forEach((name, value) => {
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ', '}${value}`;
  });
  return headers;
}

export const remoteAddress = (response: UwsResponse): string =>
  Buffer.from(response.getRemoteAddressAsText()).toString();

function write(response: UwsResponse, method: string, answer: HttpResponse): void {
  const { headers, body, contentLength } = frameResponse(method, answer);
  response.writeStatus(`${answer.status} ${STATUS_CODES[answer.status] ?? ''}`);
  for (const [name, value] of headers) response.writeHeader(name, value);
  if (body !== null) {
    response.end(body);
    return;
  }
  // Given the length as an argument, some builds wait for a body of that length.
  if (contentLength !== null) response.writeHeader('content-length', String(contentLength));
  response.endWithoutBody();
}
