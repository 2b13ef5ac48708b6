import type { HttpResponse } from './public-server.ts';

const BODILESS_STATUSES: readonly number[] = [204, 304];
/** Written by the libraries themselves, or true of another connection than this one. */
const FRAMING_HEADERS: readonly string[] = [
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'date',
];

export interface FramedResponse {
  /** One pair per line on the wire: a header with several values comes several times. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** null: no body follows, whatever its length is said to be. */
  readonly body: string | Buffer | null;
  /** null: the header is left out. */
  readonly contentLength: number | null;
}

/** What HTTP sends of this response: HEAD, 204 and 304 have no body. */
export function frameResponse(method: string, { status, headers, body }: HttpResponse): FramedResponse {
  const lines = Object.entries(headers)
    .filter(([name]) => !FRAMING_HEADERS.includes(name.toLowerCase()))
    .flatMap(([name, value]) => [value].flat().map((line): [string, string] => [name, line]));
  if (BODILESS_STATUSES.includes(status)) return { headers: lines, body: null, contentLength: null };
  if (method !== 'HEAD') return { headers: lines, body, contentLength: Buffer.byteLength(body) };
  const said = headers['content-length'];
  return { headers: lines, body: null, contentLength: said ? Number(said) : Buffer.byteLength(body) };
}
