import { STATUS_CODES } from 'node:http';
import type { AnswerHandshake } from '../public-server.ts';
import { HANDSHAKE_HEADERS } from '../socket-limits.ts';
import { remoteAddress } from './http-exchange.ts';
import type { UwsContext, UwsRequest, UwsResponse } from './uwebsockets-api.ts';
import { UwsConnection } from './uws-connection.ts';

export function answerUpgrade(
  response: UwsResponse,
  request: UwsRequest,
  context: UwsContext,
  answerHandshake: AnswerHandshake,
): void {
  const offered = HANDSHAKE_HEADERS.map((name) => [name, request.getHeader(name)] as const);
  const answer = answerHandshake({
    path: request.getUrl(),
    query: request.getQuery() ?? '',
    headers: Object.fromEntries(offered.filter(([, value]) => value !== '')),
    remoteAddress: remoteAddress(response),
  });
  if (answer.outcome === 'refused') {
    response.writeStatus(`${answer.status} ${STATUS_CODES[answer.status] ?? ''}`).end();
    return;
  }
  const key = request.getHeader('sec-websocket-key');
  const connection = new UwsConnection(answer.open);
  response.upgrade({ connection }, key, answer.protocol ?? '', '', context);
}
