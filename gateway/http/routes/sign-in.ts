import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Profile } from '../../../protocol/http-resources.ts';
import { HTTP_ROUTES } from '../../../protocol/http-routes.ts';
import type { TakenField } from '../../accounts/name-claims.ts';
import type { ApiOptions } from '../api-options.ts';
import { clientOf, isAbandoned } from '../arrived-request.ts';
import { refuseForeignOrigin } from '../csrf.ts';
import { HttpRefusal } from '../error-answers.ts';
import { InvalidFields } from '../invalid-fields.ts';
import { type Asked, serveRoute } from '../serve-route.ts';
import { createSessionCookies } from '../session-cookies.ts';

/** `POST /signup` and `POST /login`: the ways to a session. */
export function signInRoutes(api: FastifyInstance, parts: ApiOptions): void {
  const { accounts, readModels, projected, allowsOrigin, clientAddressOf, configuration } = parts;
  const sessionCookies = createSessionCookies(configuration);
  const refuseForeign = async (request: FastifyRequest) => refuseForeignOrigin(request, allowsOrigin);

  const signUp = async ({ request, body, reply }: Asked<typeof HTTP_ROUTES.signUp>) => {
    const result = await accounts.signUp({
      ...body,
      client: clientOf(request, clientAddressOf),
      correlationId: request.id,
    });
    if (result.outcome === 'rate_limited') throw new HttpRefusal('rate_limited', result.retryAfterMs);
    if (result.outcome === 'taken') throw new InvalidFields(result.fields.map(takenProblem));
    if (result.outcome === 'refused') throw new HttpRefusal(result.code, result.retryAfterMs);
    // The account exists whatever the read models have seen, and repeating the signup could only fail.
    if (!isAbandoned(request)) await projected.waitFor(result.position);
    sessionCookies.set(reply, result.signedIn);
    return newProfile(result.signedIn.session.username);
  };

  const logIn = async ({ request, body, reply }: Asked<typeof HTTP_ROUTES.logIn>) => {
    const { username, password } = body;
    const result = await accounts.logIn({
      identifier: username,
      password,
      client: clientOf(request, clientAddressOf),
    });
    if (result.outcome === 'rate_limited') throw new HttpRefusal('rate_limited', result.retryAfterMs);
    if (result.outcome === 'invalid_credentials') throw new HttpRefusal('invalid_credentials');
    const { username: registered } = result.signedIn.session;
    const profile = (await readModels.self(registered)).answer ?? newProfile(registered);
    sessionCookies.set(reply, result.signedIn);
    return { username: profile.username, nickname: profile.nickname, avatar: profile.avatar };
  };

  serveRoute(api, HTTP_ROUTES.signUp, signUp, refuseForeign);
  serveRoute(api, HTTP_ROUTES.logIn, logIn, refuseForeign);
}

/** As every user begins. */
const newProfile = (username: string): Profile => ({ username, nickname: username, avatar: '' });

const takenProblem = (field: TakenField) => ({
  loc: ['body', field],
  msg: `This ${field} is already taken.`,
  type: 'taken',
});
