import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { GATEWAYS } from '../../platform/liveness/configuration.ts';
import { createLastSeen } from '../../platform/liveness/last-seen.ts';
import { createMember, type Member } from '../../platform/liveness/members.ts';
import { type CommandOf, GATEWAY } from '../../protocol/commands.ts';
import { drop, open } from '../command-service/presence-commands.ts';
import { eventually } from '../support/patience.ts';
import { useWholeHouse } from './whole-house.ts';

const LIMIT_MS = 2000;
const GRACE_MS = 500;

const house = useWholeHouse({ SESSION_LEASE_S: '2', INACTIVITY_LIMIT_S: '2', SWEEP_INTERVAL_S: '1' });

/** Who has signed up. */
async function user(name: string): Promise<string> {
  const username = `${name}-${randomUUID().slice(-12)}`;
  await house.sendAll([[username, { type: 'register_user' }]]);
  return username;
}

/** A tab that counts. */
async function tab(username: string, of: Partial<CommandOf<'open_session'>> = {}) {
  const opening = open(username, of);
  await house.sendAll([[GATEWAY, opening]]);
  return opening;
}

interface Gateway extends Member {
  readonly gatewayId: string;
}

/** That has just joined. */
async function gateway(): Promise<Gateway> {
  const gatewayId = randomUUID();
  const member = createMember({ pool: house.pool, group: GATEWAYS, id: gatewayId });
  await member.join();
  return { gatewayId, ...member };
}

/** Lives until the test has ended. */
async function livingGateway(): Promise<Gateway> {
  const living = await gateway();
  const beating = setInterval(() => void living.beat().catch(() => {}), 100);
  onTestFinished(() => clearInterval(beating));
  return living;
}

const becomes = (username: string, types: Parameters<typeof house.becomes>[2]) =>
  house.becomes('presence', username, types);

const OPENED = ['SessionOpened', 'UserCameOnline'] as const;

describe('sessions of a gateway that is lost', () => {
  it('are dropped once it has not beaten for a lease, and nobody goes offline who has another one', async () => {
    const [lost, living] = [await gateway(), await livingGateway()];
    const [ann, bob, cid] = [await user('ann'), await user('bob'), await user('cid')];
    const left = await tab(ann, lost);
    await tab(bob, lost);
    const { sessionId } = await tab(bob, living);
    await tab(cid, living);
    await becomes(ann, [...OPENED, 'SessionDropped', 'UserWentOffline']);
    await becomes(bob, [...OPENED, 'SessionOpened', 'SessionDropped']);
    const [dropped] = (await house.eventsOf('presence', ann)).slice(-2);
    expect(dropped?.data).toMatchObject({ sessionId: left.sessionId, reason: 'gateway_lost', sessions: [] });
    expect((await house.eventsOf('presence', bob)).at(-1)?.data).toMatchObject({ sessions: [{ sessionId }] });
    await becomes(cid, OPENED);
    expect([await lost.beat(), await living.beat()]).toEqual([false, true]);
  });

  it('are dropped also when they come to light after that, or when it left without having dropped them', async () => {
    const [lost, left] = [randomUUID(), await gateway()];
    const [ann, bob] = [await user('ann'), await user('bob')];
    await tab(ann, { gatewayId: lost });
    await becomes(ann, [...OPENED, 'SessionDropped', 'UserWentOffline']);
    await tab(ann, { gatewayId: lost });
    await tab(bob, left);
    await left.leave();
    const end = ['SessionDropped', 'UserWentOffline'] as const;
    await becomes(ann, [...OPENED, ...end, ...OPENED, ...end]);
    await becomes(bob, [...OPENED, ...end]);
  });

  it('are dropped by the hundred, several of one user among them', async () => {
    const lost = { gatewayId: randomUUID() };
    const users = await Promise.all(Array.from({ length: 60 }, () => user('ann')));
    for (let tabs = 0; tabs < 5; tabs += 1) await Promise.all(users.map((username) => tab(username, lost)));
    for (const username of users)
      await eventually(async () =>
        expect((await house.eventsOf('presence', username)).at(-1)?.type).toBe('UserWentOffline'),
      );
    const gateways = async () => (await house.readModels.sessionGateways()).answer;
    await eventually(async () => expect(await gateways()).not.toContain(lost.gatewayId));
  });
});

describe('a user without sessions', () => {
  it('goes offline when it is time, and not before', async () => {
    const [ann, living] = [await user('ann'), await livingGateway()];
    const closed = await tab(ann, living);
    await house.sendAll([[GATEWAY, drop(closed, { graceMs: GRACE_MS })]]);
    const bob = await user('bob');
    await house.sendAll([[GATEWAY, drop(await tab(bob, living), { graceMs: GRACE_MS / 2 })]]);
    house.pass(GRACE_MS / 2 + 1);
    await becomes(bob, [...OPENED, 'SessionDropped', 'UserWentOffline']);
    await becomes(ann, [...OPENED, 'SessionDropped']);
    house.pass(GRACE_MS / 2);
    await becomes(ann, [...OPENED, 'SessionDropped', 'UserWentOffline']);
  });

  it('stays online who is back by then', async () => {
    const [ann, bob, living] = [await user('ann'), await user('bob'), await livingGateway()];
    for (const username of [ann, bob])
      await house.sendAll([[GATEWAY, drop(await tab(username, living), { graceMs: GRACE_MS })]]);
    await tab(ann, living);
    house.pass(GRACE_MS + 1);
    await becomes(bob, [...OPENED, 'SessionDropped', 'UserWentOffline']);
    await becomes(ann, [...OPENED, 'SessionDropped', 'SessionOpened']);
  });
});

describe('sessions of a sign-in', () => {
  it('are dropped when nothing has come of it for too long, and what is known of it is forgotten', async () => {
    const lastSeen = createLastSeen(house.pool);
    const living = await livingGateway();
    const [ann, bob, cid] = [await user('ann'), await user('bob'), await user('cid')];
    const start = house.now;
    const idle = await tab(ann, living);
    const busy = await tab(bob, living);
    const tired = await tab(cid, living);
    const at = (ms: number) => new Date(start.getTime() + ms);
    await lastSeen.write([
      [busy.loginId, at(LIMIT_MS)],
      [tired.loginId, at(1)],
    ]);
    house.pass(LIMIT_MS + 1);
    await becomes(ann, [...OPENED, 'SessionDropped', 'UserWentOffline']);
    expect((await house.eventsOf('presence', ann))[2]?.data).toMatchObject({
      sessionId: idle.sessionId,
      reason: 'inactive',
    });
    await becomes(cid, OPENED);
    house.pass(1);
    await becomes(cid, [...OPENED, 'SessionDropped', 'UserWentOffline']);
    await becomes(bob, OPENED);
    const known = () => lastSeen.read([busy.loginId, tired.loginId]);
    await eventually(async () => expect([...(await known()).keys()]).toEqual([busy.loginId]));
    house.pass(LIMIT_MS);
    await becomes(bob, [...OPENED, 'SessionDropped', 'UserWentOffline']);
  });
});
