import type { IncomingMessage } from 'node:http';

/** Where a request goes. */
export interface RequestTarget {
  /** Path and query as sent, or `*`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** As proxies get it; clients may send it to any server. */
const ABSOLUTE_FORM = /^https?:\/\/([^/?#]+)(.*)$/i;

/** None of these is in a host; a comma is, when there were two. */
const NO_HOST = /[\s,/\\@?#]/;

/**
 * What Node's parser takes and HTTP forbids, or what is HTTP of another age: the status to refuse it with. Two readers
 * of one connection, a proxy and this server, must never differ in where a request ends or whom it is for.
 */
export function refusalOf(request: IncomingMessage): 400 | 505 | null {
  const { httpVersion, headers } = request;
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return 505;
  if (httpVersion === '1.0' && headers['transfer-encoding'] !== undefined) return 400;
  if (headers.host === undefined) return httpVersion === '1.0' ? null : 400;
  return NO_HOST.test(headers.host) ? 400 : null;
}

/** Absolute form is taken apart: its host is the one that counts. */
export function targetOf(request: IncomingMessage): RequestTarget {
  const { url = '' } = request;
  const headers = plainHeaders(request);
  const [, host, rest = ''] = ABSOLUTE_FORM.exec(url) ?? [];
  if (host === undefined) return { url, headers };
  return { url: rest.startsWith('/') ? rest : `/${rest}`, headers: { ...headers, host } };
}

/** Node joins repeated headers as the port wants them, but for one that only responses have. */
function plainHeaders({ headers }: IncomingMessage): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) plain[name] = typeof value === 'string' ? value : value.join(', ');
  return plain;
}

/** Whether a body is announced, and whether it is announced to be larger than so many bytes. */
export function declaresBody({ headers }: IncomingMessage, bytes = 0): boolean {
  return headers['transfer-encoding'] !== undefined
    ? bytes === 0
    : Number(headers['content-length'] ?? 0) > bytes;
}
