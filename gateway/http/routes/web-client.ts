import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { WebClient, WebFile } from '../web-client.ts';

/** The addresses of the web client's pages: all are one document, which shows the right one by itself. */
const PAGES = [
  '/',
  '/chat',
  '/chat/:username',
  '/users/:username',
  '/notifications',
  '/duel',
  '/tournaments',
  '/tournaments/:id',
  '/settings',
];

/** Nothing runs, is loaded, sent or framed but what this origin has; pictures of people may stand anywhere. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' https:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** The web client: its document at each of its addresses, and the files that it loads. Pages of other sites may load `/embed.js`. */
export function webClientRoutes(app: FastifyInstance, { document, files }: WebClient): void {
  for (const path of PAGES) app.get(path, pageOf({ document }));
  for (const [path, file] of files) app.get(path, async (request, reply) => answerFile(request, reply, file));
}

/** Answers with the document, which shows by itself that there is nothing where nothing is. */
export const pageOf =
  ({ document }: Pick<WebClient, 'document'>) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<Buffer | string> => {
    reply.headers({ 'content-security-policy': POLICY, 'referrer-policy': 'same-origin' });
    return answerFile(request, reply, document);
  };

const YEAR_S = 31_536_000;

function answerFile(request: FastifyRequest, reply: FastifyReply, file: WebFile): Buffer | string {
  reply.headers({
    etag: file.etag,
    vary: 'Accept-Encoding',
    // What keeps its name is asked for each time whether it is still so.
    'cache-control': file.isHashed ? `public, max-age=${YEAR_S}, immutable` : 'no-cache',
  });
  if (request.headers['if-none-match'] === file.etag) {
    reply.code(304);
    return '';
  }
  reply.type(file.type);
  const accepted = String(request.headers['accept-encoding'] ?? '');
  for (const [coding, body] of [
    ['br', file.brotli],
    ['gzip', file.gzip],
  ] as const)
    if (body && accepts(accepted, coding)) {
      reply.header('content-encoding', coding);
      return body;
    }
  return file.plain;
}

/** `br;q=0` says that it is not wanted. */
const accepts = (header: string, coding: string): boolean =>
  header
    .split(',')
    .map((one) => one.trim().split(/\s*;\s*q=/))
    .some(([name, weight = '1']) => name === coding && Number(weight) > 0);
