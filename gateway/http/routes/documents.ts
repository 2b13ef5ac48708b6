import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { asyncApiDocument } from '../documents/asyncapi.ts';
import { openApiDocument } from '../documents/openapi.ts';
import { documentsPage } from '../documents/page.ts';
import { STYLE } from '../documents/style.ts';
import { staticPageHeaders } from '../static-page.ts';

interface Document {
  readonly type: string;
  readonly text: string;
  readonly etag: string;
}

/** What is built from the schemas, once, when it is asked for first. They do not change while the process runs. */
function builtOnce(type: string, build: () => string): () => Document {
  let built: Document | undefined;
  return () => {
    if (!built) {
      const text = build();
      built = { type, text, etag: `"${createHash('sha256').update(text).digest('base64url')}"` };
    }
    return built;
  };
}

const json = (build: () => object) =>
  builtOnce('application/json; charset=utf-8', () => `${JSON.stringify(build(), null, 2)}\n`);

const DOCUMENTS: Readonly<Record<string, () => Document>> = {
  '/openapi.json': json(openApiDocument),
  '/asyncapi.json': json(asyncApiDocument),
  '/docs': builtOnce('text/html; charset=utf-8', () => documentsPage(openApiDocument(), asyncApiDocument())),
};

/** The protocol, for programs and for people; for anybody, as it tells nothing of this Rally alone. */
export function documentRoutes(api: FastifyInstance): void {
  for (const [path, document] of Object.entries(DOCUMENTS))
    api.get(path, async (request, reply) => {
      const { type, text, etag } = document();
      reply.headers({
        etag,
        // To be kept, and asked for each time whether it is still so.
        'cache-control': 'no-cache',
        ...HEADERS,
      });
      if (request.headers['if-none-match'] === etag) {
        reply.code(304);
        return '';
      }
      reply.type(type);
      return text;
    });
}

const HEADERS = staticPageHeaders(STYLE);
