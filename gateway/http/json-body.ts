import type { FastifyInstance, FastifyRequest } from 'fastify';
import { HttpRefusal } from './error-answers.ts';

const JSON_MEDIA_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/** Bodies are JSON in UTF-8, declared as such or not declared at all. An empty one is no body. */
export function acceptJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>(
    '*',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      if (body.length === 0) return undefined;
      const value = parseJson(body);
      const declared = request.headers['content-type'];
      if (declared !== undefined && !JSON_MEDIA_TYPE.test(declared))
        throw new HttpRefusal('unsupported_media_type');
      return value;
    },
  );
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new HttpRefusal('malformed_json');
  }
}
