import { describe, expect, it } from 'vitest';
import { ERRORS, type ErrorCode } from '../../../protocol/error-codes.ts';
import { serverFrame } from '../../../protocol/server-frames.ts';
import { eventually } from '../../support/patience.ts';
import { createTestGateway, gate, settle } from './test-gateway.ts';
import type { TestTab } from './test-tab.ts';

const DEFAULTS = { score_to_win: 5, game_speed: 'medium', ranked: false, time_limit: 3, cool_mode: false };
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const invite = (more: object = {}) => ({
  action: 'game_invite',
  data: { username: 'Bob', client_id: 'tab 1', ...more },
});
const reply = (accept: boolean, more: object = {}) => ({
  action: 'reply_game_invite',
  data: { username: 'Bob', accept, ...more },
});

describe('a frame of duels', () => {
  const sending = { type: 'send_invitation', invitee: 'Bob', clientId: 'tab 1', options: DEFAULTS };

  it.each<[object, object]>([
    [invite(), sending],
    [invite({ options: {} }), sending],
    [invite({ options: { ranked: true, odd: 1 } }), { ...sending, options: { ...DEFAULTS, ranked: true } }],
    [invite({ settings: { time_limit: 1 } }), { ...sending, options: { ...DEFAULTS, time_limit: 1 } }],
    [
      invite({ options: { score_to_win: 20 }, settings: { score_to_win: 3 } }),
      { ...sending, options: { ...DEFAULTS, score_to_win: 20 } },
    ],
    [reply(true), { type: 'accept_invitation', inviter: 'Bob' }],
    [reply(false, { client_id: 'x' }), { type: 'decline_invitation', inviter: 'Bob' }],
    [
      { action: 'cancel_game_invite', data: { username: 'nobody ✗' } },
      { type: 'cancel_invitation', invitee: 'nobody ✗' },
    ],
  ])('%j becomes a command', async (frame, command) => {
    const { open, commands } = createTestGateway();
    (await open('ann')).ask(frame);
    const { invitationId, ...asked } = { invitationId: '', ...commands.commands[0] };
    expect(asked).toEqual(command);
    if ('clientId' in asked) expect(invitationId).toMatch(UUID);
  });

  it.each(['', '{}', 'x'.repeat(128), 'a\tb\n\u0001\u007f\u0085', '☃'.repeat(128), '🏓'])(
    'may have the client_id %j, which is given back as it came',
    async (clientId) => {
      const { open, commands } = createTestGateway();
      const tab = await open('ann');
      commands.answersAtOnce = false;
      tab.ask(invite({ client_id: clientId }));
      tab.ask(reply(true, { client_id: clientId }));
      expect(commands.commands[0]).toMatchObject({ clientId });
      commands.asked[0]?.answer({ outcome: 'refused', code: 'in_game' });
      await eventually(() => expect(commands.asked).toHaveLength(2));
      commands.asked[1]?.answer({ outcome: 'refused', code: 'in_game' });
      await eventually(() =>
        expect(canceled(tab).map(({ client_id }) => client_id)).toEqual([clientId, clientId]),
      );
    },
  );

  it('waits for those before it, so that they take effect in their order', async () => {
    const { open, commands } = createTestGateway();
    commands.answersAtOnce = false;
    const tab = await open('ann');
    tab.ask({ action: 'cancel_game_invite', data: { username: 'Cid' } });
    tab.ask(invite());
    expect(commands.commands).toEqual([{ type: 'cancel_invitation', invitee: 'Cid' }]);
    commands.accept(0);
    await eventually(() => expect(commands.commands).toHaveLength(2));
  });

  it('is acked with the id that the command has, or without one', async () => {
    const { open, commands } = createTestGateway();
    commands.answersAtOnce = false;
    const tab = await open('ann');
    tab.ask({ ...invite(), request_id: 'r' });
    commands.asked[0]?.answer({ outcome: 'accepted', position: '9', changed: true, id: 'the id' });
    await eventually(() =>
      expect(tab.of('ack')).toEqual([
        { action: 'ack', request_id: 'r', data: { position: '9', id: 'the id' } },
      ]),
    );
  });
});

const canceled = (tab: TestTab) => tab.of('game_invite_canceled').map(({ data }) => data);

/** Ann's tabs after one has sent the frame, which was refused. */
async function refusing(frame: object, code: ErrorCode) {
  const gateway = createTestGateway();
  gateway.commands.answersAtOnce = false;
  const [tab, phone, bob] = [
    await gateway.open('ann'),
    await gateway.open('ann-phone'),
    await gateway.open('bob'),
  ];
  tab.ask(frame);
  gateway.commands.asked[0]?.answer({ outcome: 'refused', code });
  await settle();
  return { ...gateway, tab, phone, bob };
}

describe('a refusal', () => {
  it.each<[object, ErrorCode, string]>([
    [invite(), 'self_invite', "You can't invite yourself to a game !"],
    [invite(), 'in_game', 'You are in an ongoing game.'],
    [invite(), 'invitation_pending', 'You have one invitation pending.'],
    [invite(), 'user_not_found', 'User not found.'],
    [invite(), 'not_invitable', "This user can't be invited."],
    [invite(), 'rate_limited', 'Too many invitations, try again later.'],
    [reply(true), 'self_invite', "You can't accept invitations from yourself to a game !"],
    [reply(true), 'in_game', 'You are in an ongoing game.'],
    [reply(true), 'invitation_pending', 'You have one invitation pending.'],
    [reply(true), 'invitation_not_found', 'Invitation not found.'],
    [reply(true), 'invitation_expired', 'The invitation has expired.'],
    [reply(true), 'not_invitable', "This user can't be invited."],
    [reply(false), 'invitation_not_found', 'No pending invitations found.'],
  ])('of %j as %s is told to all tabs of whoever asked, and to nobody else', async (frame, code, message) => {
    const { tab, phone, bob } = await refusing(frame, code);
    const clientId = 'client_id' in (frame as { data: object }).data ? 'tab 1' : null;
    const told = {
      action: 'game_invite_canceled',
      data: { username: null, nickname: null, message, client_id: clientId },
    };
    await eventually(() => expect(phone.frames.slice(1)).toEqual([told]));
    expect(tab.frames.slice(1)).toEqual([told]);
    expect(serverFrame.parse(told)).toEqual(told);
    expect(bob.story).toEqual(['welcome']);
  });

  it('is told once and by error besides, in this order, to the tab that asked with a request_id', async () => {
    const { tab, phone } = await refusing({ ...invite(), request_id: 'r' }, 'in_game');
    await eventually(() => expect(phone.story).toEqual(['welcome', 'game_invite_canceled']));
    expect(tab.story).toEqual(['welcome', 'game_invite_canceled', 'error']);
    expect(tab.of('error')).toEqual([
      {
        action: 'error',
        request_id: 'r',
        data: { code: 'in_game', message: ERRORS.in_game.message, retryable: false },
      },
    ]);
  });

  it.each(['unavailable', 'internal'] as const)('as %s is told by error alone', async (code) => {
    for (const frame of [invite(), reply(true), reply(false)]) {
      const { tab, phone } = await refusing(frame, code);
      expect(tab.of('error')).toMatchObject([{ data: { code } }]);
      expect([tab.story, phone.story]).toEqual([['welcome', 'error'], ['welcome']]);
    }
  });

  it('of a cancellation is told by error alone', async () => {
    const frame = { action: 'cancel_game_invite', data: { username: 'Bob' } };
    const { tab, phone } = await refusing(frame, 'invitation_not_found');
    expect(tab.of('error')).toMatchObject([{ data: { code: 'invitation_not_found' } }]);
    expect(phone.story).toEqual(['welcome']);
  });

  it.each(['losing', 'broken'] as const)(
    'reaches the tab that asked also when the bus is %s',
    async (how) => {
      const { open, commands, bus } = createTestGateway();
      const tab = await open('ann');
      bus[how] = true;
      commands.answersAtOnce = false;
      tab.ask({ ...invite(), request_id: 'r' });
      commands.asked[0]?.answer({ outcome: 'refused', code: 'in_game' });
      await eventually(() => expect(tab.story).toEqual(['welcome', 'game_invite_canceled', 'error']));
    },
  );

  it('reaches the tab that asked at once, and one with a hole once that is filled', async () => {
    const { open, commands, bus, feed } = createTestGateway();
    const [tab, phone] = [await open('ann'), await open('ann-phone')];
    const answers = gate();
    feed.answers = answers.opened;
    bus.losing = true;
    feed.push('ann', 'lost');
    bus.losing = false;
    bus.interrupt();
    commands.answersAtOnce = false;
    tab.ask(invite());
    commands.asked[0]?.answer({ outcome: 'refused', code: 'in_game' });
    await eventually(() => expect(tab.story).toEqual(['welcome', 'game_invite_canceled']));
    answers.open();
    await eventually(() => expect(phone.story).toEqual(['welcome', 'lost', 'game_invite_canceled']));
    await eventually(() => expect(tab.story).toEqual(['welcome', 'game_invite_canceled', 'lost']));
  });
});
