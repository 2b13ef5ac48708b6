import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { appendMany, appendNew } from '../../bench/history/append-new.ts';
import { createAccessTokens } from '../../gateway/accounts/access-tokens.ts';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { streamOf } from '../../platform/event-store/stream-name.ts';
import { ApiClient, freshName, type User } from './api-client.ts';

export interface CrowdOptions {
  /** Where the accounts are. */
  readonly databaseUrl: string;
  readonly log: EventStore;
  /** Of the gateways. */
  readonly jwtSecret: string;
  /** Of the gateway that they use. */
  readonly address: string;
}

const TTL_MS = 3_600_000;

/** So many who have signed up and in. Straight into accounts and log: to hash so many passwords would take minutes. */
export async function signedInCrowd(count: number, options: CrowdOptions): Promise<User[]> {
  const { databaseUrl, log, jwtSecret, address } = options;
  const now = new Date();
  const expiresAt = new Date(now.getTime() + TTL_MS);
  const tokens = await createAccessTokens(jwtSecret, () => now);
  const crowd = freshName('crowd');
  const people = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const [username, sessionId] = [`${crowd}.${String(index).padStart(5, '0')}`, randomUUID()];
      const user = Object.assign(new ApiClient(address), { username });
      user.cookies.set('access_token', await tokens.issue({ username, sessionId }, now, expiresAt));
      return { user, sessionId };
    }),
  );
  const accounts = new pg.Client(databaseUrl);
  await accounts.connect();
  const names = people.map(({ user }) => user.username);
  await accounts.query(
    `insert into accounts.accounts (user_key, username, registration_id, password_hash, claimed_at, activated_at)
     select name, name, gen_random_uuid(), '', now(), now() from unnest($1::text[]) name`,
    [names],
  );
  await accounts.query(
    `insert into accounts.sessions (session_id, user_key, expires_at, refreshable_until)
     select id, name, $3, $3 from unnest($1::uuid[], $2::text[]) s (id, name)`,
    [people.map(({ sessionId }) => sessionId), names, expiresAt],
  );
  await accounts.end();
  const date = now.toISOString();
  await appendMany(count, async (number) => {
    const username = names[number] ?? '';
    const data = { username, nickname: username, avatar: '', date };
    await appendNew(log, streamOf('user', username), username, { type: 'UserRegistered', data });
  });
  return people.map(({ user }) => user);
}
