import { RallyError } from '../rally-error.ts';
import type { ErrorCode, FieldProblem } from '../wire.ts';
import type { Answer } from './transport.ts';

/** Why a request was refused, as its answer says. */
export function refusalOf(answer: Answer): RallyError {
  const { status, retryAfterMs } = answer;
  const body = bodyOf(answer);
  const details = {
    status,
    retryable: status === 429 || status >= 500,
    ...(retryAfterMs !== null && { retryAfterMs }),
  };
  if (isFieldProblems(body))
    return new RallyError('invalid_fields', body.map(({ msg }) => msg).join(' '), {
      ...details,
      fields: body,
    });
  if (isRefusal(body)) return new RallyError(body.code, body.msg, details);
  return new RallyError('unexpected_answer', `The server answered with ${status}.`, details);
}

/** Whether the server does not know the place that the request named: its log was replaced. */
export function isUnknownPlace(answer: Answer): boolean {
  const body = bodyOf(answer);
  return isFieldProblems(body) && body.some(({ loc }) => loc.join() === 'header,X-Rally-After');
}

/** null: none, or not JSON. */
function bodyOf({ text }: Answer): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const isFieldProblems = (body: unknown): body is FieldProblem[] => Array.isArray(body);

const isRefusal = (body: unknown): body is { readonly msg: string; readonly code: ErrorCode } =>
  typeof body === 'object' && body !== null && 'code' in body && 'msg' in body;
