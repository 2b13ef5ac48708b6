import { ERRORS, type ErrorCode } from '../../protocol/error-codes.ts';
import { fieldProblems, refusalBody } from '../../protocol/http-resources.ts';
import { type HttpRoute, mayHaveInvalidFields, refusalsOf } from '../../protocol/http-route.ts';
import { HTTP_ROUTES } from '../../protocol/http-routes.ts';

/** Where there is no such route, or none for a name as long as that. */
const NO_ROUTE: readonly ErrorCode[] = ['not_found', 'method_not_allowed', 'bad_request', 'unavailable'];

/** The route that the protocol has for this; `path`: below `/api`, with or without a query. */
export function routeFor(method: string, path: string): HttpRoute | undefined {
  const asked = path.replace(/\?.*/, '').replace(/(?<=.)\/$/, '');
  return Object.values<HttpRoute>(HTTP_ROUTES).find(
    (route) => route.method === method && patternOf(route).test(asked),
  );
}

const patternOf = ({ path }: HttpRoute): RegExp => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`);

/**
 * Throws unless status, code and body are what the protocol says of this request, with no key more or less. A refusal without a
 * body is for the test to judge.
 */
export function assertProtocolBody(method: string, path: string, status: number, body: unknown): void {
  const route = routeFor(method, path);
  const wrong = status < 400 ? whyNoAnswer(route, status, body) : whyNoRefusal(route, status, body);
  if (wrong)
    throw new Error(
      `${method} ${path} answered ${status} with what is not in the protocol, ${wrong}: ${JSON.stringify(body)}`,
    );
}

function whyNoAnswer(route: HttpRoute | undefined, status: number, body: unknown): string | null {
  if (!route) return body === null ? null : 'there is no such route';
  const shape = route.answers[status];
  if (shape === undefined) return 'the route has no such status';
  if (shape === null) return body === null ? null : 'a body where there is none';
  const { error } = shape.safeParse(body);
  return error ? error.message : null;
}

function whyNoRefusal(route: HttpRoute | undefined, status: number, body: unknown): string | null {
  if (body === null) return null;
  if (status === 422 && fieldProblems.safeParse(body).success)
    return route && mayHaveInvalidFields(route) ? null : 'the route has no fields';
  const { data: refusal, error } = refusalBody.safeParse(body);
  if (error) return error.message;
  if (ERRORS[refusal.code].status !== status) return 'the code has another status';
  const codes = route ? [...refusalsOf(route), ...NO_ROUTE] : NO_ROUTE;
  return codes.includes(refusal.code) ? null : 'the route has no such code';
}
