import type { FastifyInstance, FastifyRequest } from 'fastify';
import { logInBody, signUpBody } from '../../../protocol/http-requests.ts';
import type { Profile } from '../../../protocol/http-resources.ts';
import type { TakenField } from '../../accounts/name-claims.ts';
import type { ApiOptions } from '../api-options.ts';
import { clientOf, isAbandoned } from '../arrived-request.ts';
import { refuseForeignOrigin } from '../csrf.ts';
import { HttpRefusal } from '../error-answers.ts';
import { InvalidFields, parsed } from '../invalid-fields.ts';
import { createSessionCookies } from '../session-cookies.ts';

/** `POST /signup` and `POST /login`: the ways to a session. */
export function signInRoutes(api: FastifyInstance, parts: ApiOptions): void {
  const { accounts, readModels, projected, allowsOrigin, clientAddressOf, configuration } = parts;
  const sessionCookies = createSessionCookies(configuration);
  const onRequest = async (request: FastifyRequest) => refuseForeignOrigin(request, allowsOrigin);

  api.post('/signup', { onRequest }, async (request, reply): Promise<Profile> => {
    const body = parsed(signUpBody, 'body', request.body);
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
    sessionCookies.set(reply.code(201), result.signedIn);
    return newProfile(result.signedIn.session.username);
  });

  api.post('/login', { onRequest }, async (request, reply): Promise<Profile> => {
    const { username, password } = parsed(logInBody, 'body', request.body);
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
  });
}

/** As every user begins. */
const newProfile = (username: string): Profile => ({ username, nickname: username, avatar: '' });

const takenProblem = (field: TakenField) => ({
  loc: ['body', field],
  msg: `This ${field} is already taken.`,
  type: 'taken',
});
