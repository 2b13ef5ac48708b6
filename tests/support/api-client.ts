import { randomBytes } from 'node:crypto';
import { assertProtocolBody } from './answer-shapes.ts';
import { eventually } from './patience.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

/** A user agent with a cookie jar, as a browser page of the public address would be. Holds every answer against the protocol. */
export class ApiClient {
  readonly address: string;
  readonly cookies = new Map<string, string>();
  #seen = '';

  constructor(address: string) {
    this.address = address;
  }

  /** Holds what the user's tabs have seen: rows follow frames. */
  get(path: string): Promise<Answer> {
    return this.request('GET', path, undefined, this.#seen === '' ? {} : { 'x-rally-after': this.#seen });
  }

  /** A tab of this user has seen the place, a cursor or a position. `anew`: places from before may be another log's. */
  sees(place: string, { anew = false } = {}): void {
    if (anew || this.#seen === '' || positionOf(place) > positionOf(this.#seen)) this.#seen = place;
  }

  post(path: string, body?: unknown): Promise<Answer> {
    return this.request('POST', path, body);
  }

  put(path: string): Promise<Answer> {
    return this.request('PUT', path);
  }

  patch(path: string, body: unknown): Promise<Answer> {
    return this.request('PATCH', path, body);
  }

  delete(path: string): Promise<Answer> {
    return this.request('DELETE', path);
  }

  async request(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.address}/api${path}`, {
      method,
      headers: {
        origin: this.address,
        cookie: this.cookieHeader,
        'x-csrftoken': this.cookies.get('csrftoken') ?? '',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    for (const cookie of response.headers.getSetCookie()) this.#keep(cookie);
    const text = await response.text();
    const answered = text === '' ? null : JSON.parse(text);
    assertProtocolBody(method, path, response.status, answered);
    return { status: response.status, body: answered, headers: response.headers };
  }

  get cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #keep(cookie: string): void {
    const [pair = '', ...attributes] = cookie.split(';').map((part) => part.trim());
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    const cleared = value === '' || attributes.some((attribute) => /^max-age=0$/i.test(attribute));
    if (cleared) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

const positionOf = (place: string): bigint => BigInt(place.replace(/\..*/, ''));

export const PASSWORD = 'correct horse 7';

/** How long after a 503 it is asked again, in milliseconds. */
const RETRY_MS = 200;

export interface User extends ApiClient {
  readonly username: string;
}

/** A name that no other test uses. */
export const freshName = (prefix: string): string => `${prefix}.${randomBytes(5).toString('hex')}`;

/** As a client does: what is refused for the moment is asked for again, and what was half done is done then. */
async function onceAvailable(ask: () => Promise<Answer>): Promise<Answer> {
  return eventually(async () => {
    const answer = await ask();
    if (answer.status === 503) throw new Error(`503 ${JSON.stringify(answer.body)}`);
    return answer;
  }, RETRY_MS);
}

/** A new account, signed in. */
export async function signUp(address: string, prefix = 'User'): Promise<User> {
  const username = freshName(prefix);
  const client = Object.assign(new ApiClient(address), { username });
  const account = {
    username,
    email: `${username}@example.com`,
    password: PASSWORD,
    password_repeat: PASSWORD,
  };
  const answer = await onceAvailable(() => client.post('/signup', account));
  if (answer.status !== 201)
    throw new Error(`signup answered ${answer.status} ${JSON.stringify(answer.body)}`);
  return client;
}

/** The chat between the two, opened by the first. */
export async function openChat(user: User, other: Pick<User, 'username'>): Promise<string> {
  const { body } = await onceAvailable(() => user.put(`/chats/${other.username}`));
  if (typeof body === 'object' && body && 'chat_id' in body && typeof body.chat_id === 'string')
    return body.chat_id;
  throw new Error(`no chat in ${JSON.stringify(body)}`);
}
