import type { z } from 'zod';
import {
  chatPreview,
  done,
  fieldProblems,
  messageResource,
  notification,
  openedChat,
  page,
  presenceProfile,
  profile,
  refusalBody,
  self,
  tournament,
  userDetails,
} from '../../protocol/http-resources.ts';

/** Request, and the shape of what it is answered with when all is well. The first that fits holds. */
const ANSWERS: readonly (readonly [RegExp, z.ZodType])[] = [
  [/^(POST \/(signup|login)|PATCH \/self)$/, profile],
  [/^GET \/self$/, self],
  [/^GET \/users$/, page(presenceProfile)],
  [/^GET \/users\/[^/]+$/, userDetails],
  [/^GET \/users\/[^/]+\/(friends|blocked_users)$/, page(presenceProfile)],
  [/^POST \/users\/[^/]+\/(friends|blocked_users)$/, profile],
  [/^GET \/chats$/, page(chatPreview)],
  [/^PUT \/chats\/[^/]+$/, openedChat],
  [/^GET \/chats\/[^/]+\/messages$/, page(messageResource)],
  [/^GET \/notifications$/, page(notification)],
  [/^GET \/tournaments$/, page(tournament)],
  [/^(POST \/tournaments|GET \/tournaments\/[^/]+)$/, tournament],
  [/^POST \/notifications\/mark_all_as_read$/, done],
];

/**
 * Throws unless the body is what the protocol says, with no key more or less. A body that is none is for the test to judge.
 * `path`: below `/api`.
 */
export function assertProtocolBody(method: string, path: string, status: number, body: unknown): void {
  if (body === null) return;
  const request = `${method} ${path.replace(/\?.*/, '').replace(/(?<=.)\/$/, '')}`;
  const shape =
    status < 400 ? shapeOf(request) : status === 422 ? fieldProblems.or(refusalBody) : refusalBody;
  const { error } = shape.safeParse(body);
  if (error)
    throw new Error(`${request} answered ${status} with what is not in the protocol`, { cause: error });
}

function shapeOf(request: string): z.ZodType {
  const [, shape] = ANSWERS.find(([pattern]) => pattern.test(request)) ?? [];
  if (!shape) throw new Error(`${request} has no shape in the protocol, or none in this list`);
  return shape;
}
