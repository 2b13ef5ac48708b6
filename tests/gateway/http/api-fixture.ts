import { Writable } from 'node:stream';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect } from 'vitest';
import { createClientAddressOf } from '../../../gateway/client-address.ts';
import type { CommandContext, SendCommand } from '../../../gateway/command-client.ts';
import type { GatewayConfiguration } from '../../../gateway/configuration.ts';
import type { ApiOptions } from '../../../gateway/http/api-options.ts';
import { createHttpApi } from '../../../gateway/http/create-http-api.ts';
import type { ProjectedPosition } from '../../../gateway/projected-position.ts';
import type { HttpResponse } from '../../../gateway/public-server/public-server.ts';
import { lineOptions } from '../../../platform/logging/logger.ts';
import type { Command, CommandReply } from '../../../protocol/commands.ts';
import { ERRORS, type ErrorCode } from '../../../protocol/error-codes.ts';
import type { LeaderPosition } from '../../../protocol/subjects.ts';
import { openTestAccounts, PASSWORD } from '../accounts/accounts-fixture.ts';
import { TestPresence } from '../presence/test-presence.ts';
import { ScriptedReadModels } from './scripted-read-models.ts';

export const ORIGIN = 'http://localhost:8080';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: HttpResponse['headers'];
  /** By name, with their attributes. */
  readonly cookies: ReadonlyMap<string, string>;
}

export interface Ask {
  readonly headers?: Record<string, string>;
  /** Sent as it is when text or bytes, else as JSON; null: too large to be kept. */
  readonly body?: unknown;
  /** false: nothing is said of the body's type, unless by `headers`. */
  readonly typed?: boolean;
  readonly remoteAddress?: string;
  /** false for ever unless given. */
  readonly isAbandoned?: () => boolean;
}

interface Script {
  /** To every command. */
  reply: CommandReply;
  /** By whoever leads; null: by nobody. */
  published: LeaderPosition | null;
  /** Of whoever waits for the read models. */
  wait: ProjectedPosition['waitFor'];
}

export type ApiFixture = Awaited<ReturnType<typeof openTestApi>>;

export const COMMAND_TIMEOUT_MS = 321;

const LOOPBACK: { HOST: string; ALLOWED_ORIGINS?: string[] } = { HOST: '127.0.0.1' };
const NO_GAME_SERVER: Pick<GatewayConfiguration, 'SERVICE_TOKEN' | 'GAME_URL'> = {};

const NO_WEB_CLIENT: ApiOptions['webClient'] = null;

/** The API over real accounts, a scripted command service and scripted read models. */
export async function openTestApi({
  trustedProxyHops = 0,
  accountSettings = {},
  publicAddress = LOOPBACK,
  gameServer = NO_GAME_SERVER,
  webClient = NO_WEB_CLIENT,
} = {}) {
  const accounts = await openTestAccounts(accountSettings);
  const readModels = new ScriptedReadModels();
  const commands: { command: Command; context: CommandContext }[] = [];
  const logLines: string[] = [];
  /** Positions that were waited for. */
  const waits: bigint[] = [];
  /** For how long each was made. */
  const asksOfLeader: number[] = [];
  const script: Script = {
    reply: accepted(true),
    wait: async () => true,
    published: { epoch: 1n, position: 9007199254740993n },
  };
  const sendCommand: SendCommand = async (command, context) => {
    commands.push({ command, context });
    return script.reply;
  };
  const registry = new Registry();
  const presence = new TestPresence();
  const parts: ApiOptions = {
    accounts: accounts.accounts,
    sendCommand,
    readModels,
    projected: {
      hasPassed: (position) => position <= readModels.position,
      waitFor(position, signal) {
        waits.push(position);
        return script.wait(position, signal);
      },
    },
    presence,
    tracing: null,
    webClient,
    allowsOrigin: (origin) => origin === ORIGIN,
    clientAddressOf: createClientAddressOf(trustedProxyHops, pino({ level: 'silent' })),
    leader: {
      async publishedWithin(patienceMs) {
        asksOfLeader.push(patienceMs);
        return script.published;
      },
    },
    configuration: { ...accounts.configuration, ...publicAddress, ...gameServer, COMMAND_TIMEOUT_MS },
    logger: pino(
      lineOptions('debug'),
      new Writable({ write: (line, _, done) => done(void logLines.push(String(line))) }),
    ),
    registry,
    newId: accounts.newId,
  };
  const api = await createHttpApi(parts);

  async function ask(method: string, url: string, options: Ask = {}): Promise<Answer> {
    const {
      headers = {},
      body,
      typed = true,
      remoteAddress = '192.0.2.1',
      isAbandoned = () => false,
    } = options;
    const bytes = body === null ? null : asBytes(body);
    const answer = await api.handle({
      method,
      url,
      remoteAddress,
      isAbandoned,
      body: bytes,
      headers: {
        host: 'localhost:8080',
        ...(bytes && bytes.length > 0 && typed && { 'content-type': 'application/json' }),
        ...headers,
      },
    });
    const text = answer.body.toString();
    const isJson = String(answer.headers['content-type']).startsWith('application/json');
    return {
      status: answer.status,
      body: text === '' ? null : isJson ? JSON.parse(text) : text,
      headers: answer.headers,
      cookies: new Map(
        [answer.headers['set-cookie'] ?? []].flat().map((cookie) => [cookie.split('=')[0] ?? '', cookie]),
      ),
    };
  }

  return {
    accounts,
    readModels,
    commands,
    waits,
    asksOfLeader,
    logLines,
    script,
    presence,
    registry,
    parts,
    ask,
    idle: () => api.idle(),
    close: () => api.close(),
    /** Signs up, and answers what a page of ours then sends along. */
    async signUp(username: string): Promise<Record<string, string>> {
      readModels.know(username);
      const answer = await ask('POST', '/api/signup', { body: signUpForm(username) });
      if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
      return pageHeaders(answer);
    },
    async drop() {
      await api.close();
      await accounts.close();
    },
  };
}

export const accepted = (changed: boolean): CommandReply => ({
  outcome: 'accepted',
  position: '1',
  changed,
});

export const refused = (code: ErrorCode): CommandReply => ({
  outcome: 'refused',
  code,
});

export const signUpForm = (username: string) => ({
  username,
  email: `${username}@example.com`,
  password: PASSWORD,
  password_repeat: PASSWORD,
});

export const cookieValue = (answer: Answer, cookie: string): string =>
  /=([^;]*)/.exec(answer.cookies.get(cookie) ?? '')?.[1] ?? '';

/** Cookies, origin and CSRF token. */
export const pageHeaders = (answer: Answer): Record<string, string> => ({
  origin: ORIGIN,
  cookie: ['access_token', 'refresh_token', 'csrftoken']
    .map((name) => `${name}=${cookieValue(answer, name)}`)
    .join('; '),
  'x-csrftoken': cookieValue(answer, 'csrftoken'),
});

function asBytes(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  if (body === undefined) return Buffer.alloc(0);
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Exactly the registry's answer, and when to try again if that makes sense. */
export function expectRefusal(answer: Answer, code: ErrorCode, note?: string): void {
  const { status, message, retryable } = ERRORS[code];
  expect({ status: answer.status, body: answer.body }, note).toEqual({
    status,
    body: { msg: message, code },
  });
  const retryAfter = answer.headers['retry-after'];
  if (retryable && status !== 500) expect(retryAfter).toMatch(/^[1-9]\d*$/);
  else expect(retryAfter).toBeUndefined();
}
