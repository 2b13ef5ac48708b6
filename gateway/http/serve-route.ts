import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { HttpRoute } from '../../protocol/http-route.ts';
import { parsed } from './invalid-fields.ts';

/** `/users/{username}` has `{ username: string }`. */
type ParamsOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [Key in Name]: string } & ParamsOf<Rest>
  : unknown;

type ValueOf<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** Nothing where there is no body. */
type AnswerOf<Answers> = Answers[keyof Answers] extends z.ZodType<infer Body> ? Promise<Body> : Promise<void>;

type RequestOf<Route extends HttpRoute> = FastifyRequest<{ Params: ParamsOf<Route['path']> }>;

interface Values<Route extends HttpRoute> {
  readonly query: ValueOf<Route['query']>;
  readonly body: ValueOf<Route['body']>;
}

export interface Asked<Route extends HttpRoute> extends Values<Route> {
  readonly request: RequestOf<Route>;
  readonly reply: FastifyReply;
}

/**
 * Serves a route as the protocol describes it: its query and body are parsed by their schemas, what `answer` returns has to have
 * the shape of its answers, and its first status is the one that is meant if `answer` sets no other.
 */
export function serveRoute<Route extends HttpRoute>(
  api: FastifyInstance,
  route: Route,
  answer: (asked: Asked<Route>) => AnswerOf<Route['answers']>,
  onRequest: (request: RequestOf<Route>) => Promise<void> = async () => {},
): void {
  const [status] = Object.keys(route.answers).map(Number);
  if (status === undefined) throw new Error(`${route.method} ${route.path} has no answer`);
  api.route<{ Params: ParamsOf<Route['path']> }>({
    method: route.method,
    url: route.path.replace(/\{(\w+)\}/g, ':$1'),
    onRequest,
    handler: async (request, reply) => {
      const values = valuesOf(route, request);
      reply.code(status);
      return answer({ ...values, request, reply });
    },
  });
}

function valuesOf<Route extends HttpRoute>(route: Route, request: Sent): Values<Route>;
function valuesOf(route: HttpRoute, request: Sent): Values<HttpRoute> {
  return {
    query: route.query && parsed(route.query, 'query', request.query),
    body: route.body && parsed(route.body, 'body', request.body),
  };
}

type Sent = Readonly<Record<'query' | 'body', unknown>>;
