import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../../../protocol/error-codes.ts';
import { fieldProblem, refusalBody } from '../../../protocol/http-resources.ts';
import {
  credentialsOf,
  type HttpRoute,
  isCausal,
  mayHaveInvalidFields,
  refusalsOf,
} from '../../../protocol/http-route.ts';
import { HTTP_ROUTES } from '../../../protocol/http-routes.ts';
import { type Json, JsonSchemas } from './json-schemas.ts';

/** The HTTP API as OpenAPI 3.1. */
export function openApiDocument(): Json {
  const schemas = new JsonSchemas('draft-2020-12');
  const paths: Record<string, Record<string, Json>> = {};
  for (const [name, route] of Object.entries<HttpRoute>(HTTP_ROUTES)) {
    const operations = paths[route.path] ?? {};
    operations[route.method.toLowerCase()] = operationOf(name, route, schemas);
    paths[route.path] = operations;
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Rally over HTTP',
      version: '1.0.0',
      description: ABOUT,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/api' }],
    tags: [...new Set(Object.values(HTTP_ROUTES).map(tagOf))].map((name) => ({ name })),
    paths,
    components: {
      schemas: schemas.named,
      headers: HEADERS,
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

const ABOUT = [
  'A slash at the end of a path is accepted and means the same. Usernames are the same in any case. Clients pass over keys that they do not know.',
  'What happens is pushed over a WebSocket: see the AsyncAPI document. What to do at each code is told at /api/docs.',
  'A request that changes something and brings its session as a cookie needs the header X-CSRFToken and an allowed Origin; with a bearer token it needs neither.',
].join('\n\n');

const SECURITY_SCHEMES = {
  cookie: { type: 'apiKey', in: 'cookie', name: 'access_token' },
  bearer: { type: 'http', scheme: 'bearer', description: 'An access token.' },
  refresh_cookie: { type: 'apiKey', in: 'cookie', name: 'refresh_token' },
  service: { type: 'http', scheme: 'bearer', description: 'The token of the game server.' },
};

const SECURITY: Readonly<Record<ReturnType<typeof credentialsOf>, readonly Json[]>> = {
  none: [],
  refresh_token: [{ refresh_cookie: [] }],
  session: [{ cookie: [] }, { bearer: [] }],
  session_or_service: [{ cookie: [] }, { bearer: [] }, { service: [] }],
};

const text = { type: 'string' };

const HEADERS = {
  'Retry-After': {
    description: 'When there is a point in asking again, in seconds.',
    schema: { type: 'integer' },
  },
  'X-Rally-Position': {
    description:
      'The answer holds everything up to there and nothing after it. A cursor: those of one log compare number by number from left to right.',
    schema: text,
  },
  'X-Session-Expires': {
    description: 'When the access token ends.',
    schema: { ...text, format: 'date-time' },
  },
  'X-CSRFToken': {
    description: 'What the cookie `csrftoken` holds, for pages that cannot read it.',
    schema: text,
  },
};

const headers = (...names: readonly (keyof typeof HEADERS)[]) => ({
  headers: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
});

const tagOf = ({ path }: HttpRoute): string => {
  const [, first = ''] = path.split('/');
  return ['signup', 'login', 'refresh', 'logout'].includes(first)
    ? 'sessions'
    : first === 'self'
      ? 'users'
      : first;
};

function operationOf(name: string, route: HttpRoute, schemas: JsonSchemas): Json {
  const { summary, notes, body } = route;
  return {
    operationId: name,
    tags: [tagOf(route)],
    summary,
    ...(notes !== undefined && { description: notes }),
    security: SECURITY[credentialsOf(route)],
    parameters: parametersOf(route, schemas),
    ...(body && { requestBody: { required: true, ...content(schemas.of(body, { io: 'input' })) } }),
    responses: { ...answersOf(route, schemas), ...refusedAnswersOf(route, schemas) },
  };
}

function parametersOf(route: HttpRoute, schemas: JsonSchemas): Json[] {
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    description: PATH_PARAMETERS[name],
    schema: text,
  }));
  const query = route.query ? schemas.of(route.query, { io: 'input' }) : {};
  const { properties = {}, required = [] } = parameterSchema.parse(query);
  const inQuery = Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(description !== undefined && { description }),
    schema,
  }));
  const after = {
    name: 'X-Rally-After',
    in: 'header',
    description:
      'A cursor or position from a frame or an ack: the answer holds everything up to there, or is 503 `not_visible_yet`. One of another log is a field at fault.',
    schema: text,
  };
  const csrf = {
    name: 'X-CSRFToken',
    in: 'header',
    description: 'The cookie `csrftoken`, when the session comes as a cookie.',
    schema: text,
  };
  const isProven = route.method !== 'GET' && credentialsOf(route) !== 'none';
  return [...inPath, ...inQuery, ...(isCausal(route) ? [after] : []), ...(isProven ? [csrf] : [])];
}

const parameterSchema = z.looseObject({
  properties: z.record(z.string(), z.looseObject({ description: z.string().optional() })).optional(),
  required: z.array(z.string()).optional(),
});

const PATH_PARAMETERS: Readonly<Record<string, string>> = {
  me: "The caller's own username, in any case.",
  username: 'In any case.',
  id: 'A UUID, in any case.',
};

function answersOf(route: HttpRoute, schemas: JsonSchemas): Json {
  const beginsSession = ['none', 'refresh_token'].includes(credentialsOf(route));
  return Object.fromEntries(
    Object.entries(route.answers).map(([status, shape]) => [
      status,
      {
        description: STATUSES[status] ?? '',
        ...(beginsSession && headers('X-Session-Expires', 'X-CSRFToken')),
        ...(isCausal(route) && headers('X-Rally-Position')),
        ...(shape && content(schemas.of(shape, { io: 'output' }))),
      },
    ]),
  );
}

const STATUSES: Readonly<Record<string, string>> = {
  200: 'Done.',
  201: 'Created.',
  204: 'Done. There is no body.',
};

function refusedAnswersOf(route: HttpRoute, schemas: JsonSchemas): Json {
  const codesOf = new Map<number, ErrorCode[]>(mayHaveInvalidFields(route) ? [[INVALID_FIELDS, []]] : []);
  for (const code of refusalsOf(route)) {
    const { status } = ERRORS[code];
    codesOf.set(status, [...(codesOf.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...codesOf]
      .sort(([a], [b]) => a - b)
      .map(([status, codes]) => [status, refusedAnswer(status, codes, mayHaveInvalidFields(route), schemas)]),
  );
}

const INVALID_FIELDS = 422;

function refusedAnswer(
  status: number,
  codes: readonly ErrorCode[],
  mayHaveFields: boolean,
  schemas: JsonSchemas,
): Json {
  const refusal = {
    allOf: [schemas.of(refusalBody, { io: 'output' }), { properties: { code: { enum: codes } } }],
  };
  const fields = { type: 'array', minItems: 1, items: schemas.of(fieldProblem, { io: 'output' }) };
  const hasFields = mayHaveFields && status === INVALID_FIELDS;
  const shapes = [...(hasFields ? [fields] : []), ...(codes.length > 0 ? [refusal] : [])];
  return {
    description: [...(hasFields ? ['the fields at fault'] : []), ...codes.map((code) => `\`${code}\``)].join(
      ', ',
    ),
    ...(codes.some((code) => ERRORS[code].retryable && ERRORS[code].status !== ERRORS.internal.status) &&
      headers('Retry-After')),
    ...content(shapes.length > 1 ? { oneOf: shapes } : (shapes[0] ?? {})),
  };
}

const content = (schema: Json): Json => ({ content: { 'application/json': { schema } } });
