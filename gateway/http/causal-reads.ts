import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Cursor, formatCursor, type Place, parsePlace } from '../../protocol/cursor.ts';
import type { Snapshot } from '../../read-models/snapshot.ts';
import type { ProjectedPosition } from '../projected-position.ts';
import { isAbandoned } from './arrived-request.ts';
import { HttpRefusal } from './error-answers.ts';
import { InvalidFields } from './invalid-fields.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the answer has to hold, as `X-Rally-After` names it; null: nothing in particular. */
    after: Place | null;
    /** What has been read for the answer holds everything up to there and nothing after it; null: nothing has been read. */
    upTo: Cursor | null;
  }
}

export const AFTER_HEADER = 'X-Rally-After';
export const POSITION_HEADER = 'X-Rally-Position';

/** So often a request that waits is asked whether its client is still there. */
const GONE_EVERY_MS = 100;

/** GETs of the routes that are registered here may name a place in the log, and their answers tell of theirs. */
export function acceptCausalReads(app: FastifyInstance): void {
  app.decorateRequest('after', null);
  app.decorateRequest('upTo', null);
  app.addHook('preHandler', async (request) => {
    const named = request.headers[AFTER_HEADER.toLowerCase()];
    if (request.method !== 'GET' || named === undefined) return;
    request.after = parsePlace([named].flat().join());
    if (!request.after) throw notOfThisLog();
  });
  app.addHook('onSend', async (request, reply) => {
    if (request.method === 'GET' && reply.statusCode === 200 && request.upTo)
      reply.header(POSITION_HEADER, formatCursor(request.upTo));
  });
}

/**
 * Waiting for what a request names is one thing, and saves the client another try; whether the answer holds it is another,
 * and only the snapshot tells that it was read from.
 */
export class CausalReads {
  readonly #projected: Pick<ProjectedPosition, 'hasPassed' | 'waitFor'>;
  /** As the newest snapshot had it. */
  #log: string | null = null;

  constructor(projected: Pick<ProjectedPosition, 'hasPassed' | 'waitFor'>) {
    this.#projected = projected;
  }

  /** What to wait for before the request is worth reading for; null: nothing. For a place of another log nobody waits. */
  missing({ after }: FastifyRequest): bigint | null {
    if (!after || this.#projected.hasPassed(after.position)) return null;
    const isOfAnother = after.log !== null && this.#log !== null && after.log !== this.#log;
    return isOfAnother ? null : after.position;
  }

  /** Resolves when the read models have passed the position, when they do not in time, or when the client has gone. */
  async waitFor(position: bigint, request: FastifyRequest): Promise<void> {
    const gone = new AbortController();
    const look = setInterval(() => isAbandoned(request) && gone.abort(), GONE_EVERY_MS);
    try {
      await this.#projected.waitFor(position, gone.signal);
    } finally {
      clearInterval(look);
    }
  }

  /** Ends the request unless the snapshot holds what is named. Of several, the one that goes least far is told of. */
  answerOf<Answer>(request: FastifyRequest, { answer, upTo }: Snapshot<Answer>): Answer {
    this.#log = upTo.log;
    const { after, upTo: before } = request;
    if (after && after.log !== null && after.log !== upTo.log) throw notOfThisLog();
    if (after && after.position > upTo.position) throw new HttpRefusal('not_visible_yet');
    // Between the two, another log has taken the place of the first.
    if (before && before.log !== upTo.log) throw new HttpRefusal('unavailable');
    if (!before || upTo.position < before.position) request.upTo = upTo;
    return answer;
  }
}

const notOfThisLog = () =>
  new InvalidFields([
    {
      loc: ['header', AFTER_HEADER],
      msg: 'Must be the cursor of a frame or the position of an ack of this log.',
      type: 'invalid_cursor',
    },
  ]);
