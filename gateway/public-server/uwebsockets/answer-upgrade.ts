import { STATUS_CODES } from 'node:http';
import type { AnswerHandshake } from '../public-server.ts';
import { HANDSHAKE_HEADERS } from '../socket-limits.ts';
import { joinedHeaders, remoteAddress } from './http-exchange.ts';
import type { UwsContext, UwsRequest, UwsResponse } from './uwebsockets-api.ts';
import { UwsConnection } from './uws-connection.ts';

export function answerUpgrade(
  response: UwsResponse,
  request: UwsRequest,
  context: UwsContext,
  answerHandshake: AnswerHandshake,
): void {
  const sent = joinedHeaders(request);
  const judgedBy = HANDSHAKE_HEADERS.flatMap((name) => (sent[name] ? [[name, sent[name]]] : []));
  const answer = answerHandshake({
    path: request.getUrl(),
    query: request.getQuery() ?? '',
    headers: Object.fromEntries(judgedBy),
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
