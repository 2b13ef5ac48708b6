import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { streamOf } from '../../platform/event-store/stream-name.ts';
import { type Command, GATEWAY } from '../../protocol/commands.ts';
import { acceptance, eventsOf } from './conversation.ts';
import { losingReplies } from './faulty-stores.ts';
import { drop, open, settlePresence } from './presence-commands.ts';
import { at, runAnother, useCommandService } from './running-command-service.ts';

const service = useCommandService();
const date = at(0).toISOString();

/** Nobody asks whether there is such a user. */
const somebody = () => `Ann.${randomUUID().slice(0, 8)}`;

const presenceOf = (username: string) => eventsOf(service, streamOf('presence', username));

const typesOf = async (username: string) => (await presenceOf(username)).map(({ event }) => event.type);

const give = async (command: Command, commandId?: string) =>
  acceptance(await service.send(GATEWAY, command, commandId));

describe('a user’s presence', () => {
  it('begins with a session, and both are stored at once, as the gateway’s', async () => {
    const tab = open(somebody());
    const { username, sessionId, gatewayId, loginId } = tab;
    const reply = await give(tab);
    const [opened, online] = await presenceOf(username.toUpperCase());
    const data = {
      username,
      sessions: [{ sessionId, gatewayId, loginId, openedAt: date }],
      since: date,
      date,
    };
    expect(opened?.event).toEqual({ type: 'SessionOpened', data: { ...data, sessionId } });
    expect(online?.event).toEqual({ type: 'UserCameOnline', data });
    expect(online?.metadata.actor).toBe(GATEWAY);
    expect(reply).toEqual({ outcome: 'accepted', changed: true, position: String(online?.position) });
  });

  it('ends some time after the last session, when somebody says so', async () => {
    const first = open(somebody());
    const second = open(first.username);
    for (const command of [first, second, drop(first), drop(second)]) await give(command);
    const settle = settlePresence(first.username);
    expect((await give(settle)).changed).toBe(false);
    const later = await runAnother(service, { clock: () => at(3) });
    expect(acceptance(await later.send(GATEWAY, settle)).changed).toBe(true);
    expect(acceptance(await later.send(GATEWAY, settle)).changed).toBe(false);
    expect(await typesOf(first.username)).toEqual([
      'SessionOpened',
      'UserCameOnline',
      'SessionOpened',
      'SessionDropped',
      'SessionDropped',
      'UserWentOffline',
    ]);
  });

  it('is not changed by what never was, and where nothing ever was that is before all', async () => {
    const nobody = somebody();
    const before = { outcome: 'accepted', changed: false, position: '-1' };
    for (const command of [drop(open(nobody)), settlePresence(nobody)])
      expect(await give(command)).toEqual(before);
    const tab = open(somebody());
    const { position } = await give(tab);
    expect(await give(drop(open(tab.username)))).toEqual({ ...before, position });
  });

  it('changes once, however often a command is repeated, also after others', async () => {
    const [tab, other] = [open(somebody()), randomUUID()];
    const [opening, dropping] = [randomUUID(), randomUUID()];
    await give(tab, opening);
    const dropped = await give(drop(tab), dropping);
    await give({ ...tab, sessionId: other });
    for (const commandId of [dropping, randomUUID()])
      expect((await give(drop(tab), commandId)).changed).toBe(commandId === dropping);
    expect((await give(drop(tab), dropping)).position).toBe(dropped.position);
    await give(tab, opening);
    expect(await typesOf(tab.username)).toEqual([
      'SessionOpened',
      'UserCameOnline',
      'SessionDropped',
      'SessionOpened',
    ]);
  });

  it('takes many tabs of one request', async () => {
    const username = somebody();
    const tabs = Array.from({ length: 8 }, () => open(username));
    for (const reply of await service.sendTogether(GATEWAY, tabs)) acceptance(reply);
    const last = (await presenceOf(username)).at(-1)?.event;
    const live = last && 'sessions' in last.data ? last.data.sessions : [];
    expect(live.map(({ sessionId }) => sessionId).toSorted()).toEqual(
      tabs.map(({ sessionId }) => sessionId).toSorted(),
    );
    const ends = tabs.map((tab) => drop(tab, { reason: 'gateway_lost', graceMs: 0 }));
    for (const reply of await service.sendTogether(GATEWAY, ends)) acceptance(reply);
    expect((await typesOf(username)).slice(-2)).toEqual(['SessionDropped', 'UserWentOffline']);
  });

  it('changes once, when the answer was lost and the command is given anew', async () => {
    const tab = open(somebody());
    const lossy = await runAnother(service, { through: losingReplies(1) });
    expect(await lossy.send(GATEWAY, tab)).toMatchObject({ code: 'unavailable' });
    expect((await give(tab)).changed).toBe(false);
    expect(await typesOf(tab.username)).toEqual(['SessionOpened', 'UserCameOnline']);
  });
});
