import { randomBytes } from 'node:crypto';

const NO_CONTENT = 204;

/** Someone with an account, as a browser page of the public address would act for them. */
export class Person {
  readonly name: string;
  readonly username: string;
  readonly #address: string;
  readonly #cookies = new Map<string, string>();

  private constructor(address: string, name: string) {
    this.name = name;
    this.username = `${name}.${randomBytes(4).toString('hex')}`;
    this.#address = address;
  }

  /** A new account, signed in. */
  static async signUp(address: string, name: string): Promise<Person> {
    const person = new Person(address, name);
    const { username } = person;
    const password = `${randomBytes(12).toString('base64url')}-a1`;
    const email = `${username}@example.com`;
    await person.request('POST', '/signup', { username, email, password, password_repeat: password });
    return person;
  }

  get headers(): Record<string, string> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return { cookie, origin: this.#address, 'x-csrftoken': this.#cookies.get('csrftoken') ?? '' };
  }

  /** A page that holds everything up to `position`, that of an ack. */
  pageAfter(position: unknown, path: string): Promise<unknown> {
    return this.request('GET', path, undefined, { 'x-rally-after': String(position) });
  }

  /** The answer's body, null without one; rejects with `RequestRefused` unless it is a 2xx. */
  async request(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<unknown> {
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await fetch(`${this.#address}/api${path}`, {
      method,
      headers: { ...this.headers, ...type, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (cookie.split(';', 1)[0] ?? '').split(/=(.*)/s);
      this.#cookies.set(name, value);
    }
    if (!response.ok) throw new RequestRefused(`${method} ${path} answered ${response.status}`);
    return response.status === NO_CONTENT ? null : response.json();
  }
}

export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
}
