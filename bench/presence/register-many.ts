import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { openAccounts } from '../../gateway/accounts/accounts.ts';
import type { SendCommand } from '../../gateway/command-client.ts';
import { streamOf } from '../../platform/event-store/stream-name.ts';
import { createInProcessBus } from '../../platform/message-bus/in-process/in-process-bus.ts';
import { appendMany, appendNew } from '../history/append-new.ts';
import type { StoppedRally } from '../history/stopped-rally.ts';
import type { CrowdUser } from '../load-generator/crowd.ts';

const LIMIT = 1_000_000;
const LANE = { running: 8, runningPerKey: 8, waiting: LIMIT, maxWaitMs: 600_000 };

/**
 * Users who can open tabs, many at a time: their accounts are made as signups make them, but for the passwords, of which there are none.
 * Nobody can sign in, and those who are here have no need to.
 */
export async function registerMany(
  { store, pool }: StoppedRally,
  jwtSecret: string,
  usernames: readonly string[],
): Promise<CrowdUser[]> {
  const logger = pino({ level: 'silent' });
  const register: SendCommand = async (_, { actor }) => {
    const date = new Date().toISOString();
    const profile = { username: actor, nickname: actor, avatar: '', date };
    await appendNew(store, streamOf('user', actor), actor, { type: 'UserRegistered', data: profile });
    return { outcome: 'accepted', position: '0', changed: true };
  };
  const accounts = await openAccounts({
    pool,
    bus: createInProcessBus({ logger }),
    sendCommand: register,
    configuration: {
      JWT_SECRET: jwtSecret,
      ACCESS_TOKEN_TTL_S: 7200,
      REFRESH_TOKEN_TTL_S: 7200,
      REFRESH_GRACE_S: 10,
      LOGIN_LIMIT: LIMIT,
      LOGIN_WINDOW_S: 60,
      SIGNUP_LIMIT: LIMIT,
      SIGNUP_WINDOW_S: 60,
    },
    clock: () => new Date(),
    newId: randomUUID,
    logger,
    passwords: { hash: async () => 'none', verify: async () => ({ matches: false }) },
    lanes: { signUps: LANE, logins: LANE, renewals: LANE },
  });
  const users: CrowdUser[] = [];
  await appendMany(usernames.length, async (number) => {
    const username = usernames[number] ?? '';
    const signedUp = await accounts.signUp({
      username,
      email: `${username}@example.org`,
      password: '',
      client: { address: '127.0.0.1', hasGone: () => false },
      correlationId: randomUUID(),
    });
    if (signedUp.outcome !== 'signed_up') throw new Error(`signup of ${username}: ${signedUp.outcome}`);
    const { accessToken } = signedUp.signedIn;
    users[number] = { username, path: '/ws/events', headers: { authorization: `Bearer ${accessToken}` } };
  });
  return users;
}
