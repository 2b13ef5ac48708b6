import type { FastifyRequest } from 'fastify';
import { Gauge, type Registry } from 'prom-client';
import { Abandoned, ConcurrencyLimit } from '../../platform/concurrency-limit.ts';
import type { Command, CommandReply } from '../../protocol/commands.ts';
import type { ReadModels } from '../../read-models/read-models.ts';
import type { Snapshot } from '../../read-models/snapshot.ts';
import type { ApiOptions } from './api-options.ts';
import { isAbandoned } from './arrived-request.ts';
import { type Authenticate, callerOf } from './authentication.ts';
import { CausalReads } from './causal-reads.ts';
import { HttpRefusal } from './error-answers.ts';

/**
 * What a request has done for it that costs something. Of each kind a bounded amount is under way and waits, shared
 * fairly between users; beyond, requests are refused as `unavailable`. Nothing is begun for a client that has gone.
 */
export interface RequestSteps {
  readonly authenticate: Authenticate;
  /** Answers by a query on the caller's behalf, once the read models hold what the request names in `X-Rally-After`. */
  readPage<Answer>(
    request: FastifyRequest,
    query: (readModels: ReadModels) => Promise<Snapshot<Answer>>,
  ): Promise<Answer>;
  /** Up to which place of the log all has been pushed by now. Nobody who leads and answers in a command's time ends the request. */
  published(request: FastifyRequest): Promise<bigint>;
  /**
   * Resolves when the command is stored and its effect can be read; a refusal ends the request. `as`: who gives it, and with which
   * others it waits for its turn, where that is no user; else the caller, with the caller's own.
   */
  executeAndWait(
    request: FastifyRequest,
    command: Command,
    as?: { readonly actor: string; readonly line: string },
  ): Promise<Accepted>;
}

type Accepted = Extract<CommandReply, { outcome: 'accepted' }>;

/** Pages that are read at once: more would only share the database's processors with each other. */
export const PAGES_AT_ONCE = 6;

/** How long anything waits for its turn: as long as a command for its answer. */
const MAX_WAIT_MS = 2000;

const LIMITS = {
  /** By access token. Look-ups that are made at once share a query. */
  sessions: { running: 256, runningPerKey: 32, waiting: 1024, maxWaitMs: MAX_WAIT_MS },
  /** By user, one after the other: what a few tabs that load at once ask for waits some milliseconds. */
  pages: { running: PAGES_AT_ONCE, runningPerKey: 1, waiting: 512, maxWaitMs: MAX_WAIT_MS },
  /** By user. Pages that wait for the read models, before their turn to be read: each costs a timer. */
  waits: { running: 256, runningPerKey: 16, waiting: 512, maxWaitMs: MAX_WAIT_MS },
  /** By actor. They mostly wait for others: until they are stored, then until they can be read. */
  commands: { running: 256, runningPerKey: 4, waiting: 512, maxWaitMs: MAX_WAIT_MS },
};

export function createRequestSteps(parts: ApiOptions): RequestSteps {
  const { accounts, readModels, sendCommand, leader, projected, newId, registry } = parts;
  const sessions = new ConcurrencyLimit(LIMITS.sessions);
  const pages = new ConcurrencyLimit(LIMITS.pages);
  const commands = new ConcurrencyLimit(LIMITS.commands);
  const waits = new ConcurrencyLimit(LIMITS.waits);
  const causalReads = new CausalReads(projected);
  observeLimits(registry, { sessions, waits, pages, commands });

  async function execute(request: FastifyRequest, command: Command, actor: string): Promise<Accepted> {
    const reply = await sendCommand(command, {
      actor,
      commandId: newId(),
      correlationId: request.id,
    });
    if (reply.outcome === 'refused') throw new HttpRefusal(reply.code, reply.retryAfterMs);
    if (isAbandoned(request)) throw new Abandoned('nobody waits for the effect');
    if (!(await projected.waitFor(BigInt(reply.position)))) throw new HttpRefusal('not_visible_yet');
    return reply;
  }

  async function askLeader(): Promise<bigint> {
    const published = await leader.publishedWithin(parts.configuration.COMMAND_TIMEOUT_MS);
    if (!published) throw new HttpRefusal('unavailable');
    return published.position;
  }

  return {
    authenticate: (request, accessToken) =>
      sessions.run(
        accessToken,
        () => accounts.authenticate(accessToken),
        () => isAbandoned(request),
      ),
    async readPage(request, query) {
      const user = callerOf(request).username;
      const hasGone = () => isAbandoned(request);
      const missing = causalReads.missing(request);
      if (missing !== null) await waits.run(user, () => causalReads.waitFor(missing, request), hasGone);
      return causalReads.answerOf(request, await pages.run(user, () => query(readModels), hasGone));
    },
    published: (request) => commands.run(callerOf(request).username, askLeader, () => isAbandoned(request)),
    executeAndWait: async (request, command, as) => {
      const actor = as?.actor ?? callerOf(request).username;
      return commands.run(
        as?.line ?? actor,
        () => execute(request, command, actor),
        () => isAbandoned(request),
      );
    },
  };
}

/** As metrics: how much of each step runs and waits. */
export function observeLimits(registry: Registry, limits: Readonly<Record<string, ConcurrencyLimit>>): void {
  new Gauge({
    name: 'rally_http_steps',
    help: 'Session look-ups, waits for the read models, pages and commands of HTTP requests that run or wait for their turn.',
    labelNames: ['step', 'state'] as const,
    registers: [registry],
    collect() {
      for (const [step, { running, waiting }] of Object.entries(limits)) {
        this.set({ step, state: 'running' }, running);
        this.set({ step, state: 'waiting' }, waiting);
      }
    },
  });
}
