import type { z } from 'zod';
import { clientFrame, FRAME_REFUSALS, REFUSALS_OF_EVERY_FRAME } from '../../../protocol/client-frames.ts';
import { CLOSE_CODES } from '../../../protocol/close-codes.ts';
import {
  ackFrame,
  ephemeralFrame,
  errorFrame,
  eventFrame,
  pingFrame,
  welcomeFrame,
} from '../../../protocol/server-frames.ts';
import { type Json, JsonSchemas } from './json-schemas.ts';

interface Message {
  /** Unique in the document. */
  readonly id: string;
  readonly action: string;
  readonly from: 'client' | 'server';
  readonly shape: z.ZodType;
}

/** The WebSocket as AsyncAPI 3.0: the application that it describes is the gateway, which receives what clients send. */
export function asyncApiDocument(): Json {
  const schemas = new JsonSchemas('draft-7');
  const messages = Object.fromEntries(MESSAGES.map((message) => [message.id, messageOf(message, schemas)]));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Rally over WebSocket',
      version: '1.0.0',
      description: ABOUT,
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: {
      rally: {
        host: '{host}',
        protocol: 'wss',
        description: "`ws` on a machine of one's own.",
        variables: { host: { default: '127.0.0.1:8080', description: 'As in the address of the HTTP API.' } },
        security: Object.keys(SECURITY_SCHEMES).map((name) => reference('securitySchemes', name)),
      },
    },
    channels: {
      events: {
        address: '/ws/events',
        description: 'One connection for each open tab.',
        messages: Object.fromEntries(MESSAGES.map(({ id }) => [id, reference('messages', id)])),
        bindings: { ws: { method: 'GET', query: QUERY, bindingVersion: '0.1.0' } },
        'x-close-codes': CLOSE_CODES,
      },
    },
    operations: {
      receiveFrames: {
        action: 'receive',
        summary: 'What a client may send',
        channel: CHANNEL,
        messages: referencesFrom('client'),
        reply: { channel: CHANNEL, messages: [inChannel('ack'), inChannel('error')] },
      },
      sendFrames: {
        action: 'send',
        summary: 'What a client is sent',
        channel: CHANNEL,
        messages: referencesFrom('server'),
      },
    },
    components: { messages, schemas: schemas.named, securitySchemes: SECURITY_SCHEMES },
  };
}

const ABOUT = [
  'Text frames of JSON, at most 16 KiB. Clients pass over actions and keys that they do not know; the server closes at whatever breaks these schemas, with 3100.',
  'A frame with a `request_id` is answered by `ack` once what it wanted is durably stored, or by `error`. Refusals are told without a `request_id` as well.',
  'What to do at each close code and error code, and how to resume, is told at /api/docs.',
].join('\n\n');

const SECURITY_SCHEMES = {
  cookie: {
    type: 'httpApiKey',
    in: 'cookie',
    name: 'access_token',
    description: 'As `POST /api/login` sets it.',
  },
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'An access token; where no header can be set, the subprotocols `bearer, <token>`.',
  },
};

const QUERY = {
  type: 'object',
  properties: {
    cursor: {
      type: 'string',
      description:
        'The newest that was seen. Everything after it comes first, in order and once, and then `welcome`; or `welcome` with `recovered: false` and nothing.',
    },
  },
};

const actionOf = (shape: { readonly shape: { readonly action: z.ZodLiteral<string> } }): string =>
  [...shape.shape.action.values].join();

const MESSAGES: readonly Message[] = [
  ...clientFrame.options.map((shape) => ({
    id: `client_${actionOf(shape)}`,
    action: actionOf(shape),
    from: 'client' as const,
    shape,
  })),
  ...[...eventFrame.options, welcomeFrame, pingFrame, ackFrame, errorFrame].map((shape) => ({
    id: actionOf(shape),
    action: actionOf(shape),
    from: 'server' as const,
    shape,
  })),
  ...ephemeralFrame.options.map((shape) => ({
    // One action is an event when it has happened, and a refusal, without a cursor, when it has not.
    id: actionOf(shape) === 'game_invite_canceled' ? 'game_invite_refused' : actionOf(shape),
    action: actionOf(shape),
    from: 'server' as const,
    shape,
  })),
];

const isClientAction = (action: string): action is keyof typeof FRAME_REFUSALS =>
  Object.hasOwn(FRAME_REFUSALS, action);

function messageOf({ action, from, shape }: Message, schemas: JsonSchemas): Json {
  const { description, ...payload } = schemas.of(shape, { io: from === 'client' ? 'input' : 'output' });
  return {
    name: action,
    summary: description,
    payload,
    ...(from === 'client' &&
      isClientAction(action) && { 'x-refusals': [...FRAME_REFUSALS[action], ...REFUSALS_OF_EVERY_FRAME] }),
  };
}

const CHANNEL = { $ref: '#/channels/events' };

const reference = (kind: 'messages' | 'securitySchemes', name: string) => ({
  $ref: `#/components/${kind}/${name}`,
});

const inChannel = (id: string) => ({ $ref: `#/channels/events/messages/${id}` });

const referencesFrom = (side: Message['from']) =>
  MESSAGES.filter(({ from }) => from === side).map(({ id }) => inChannel(id));
