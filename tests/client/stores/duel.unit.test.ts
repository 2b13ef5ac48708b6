import { beforeEach, describe, expect, it } from 'vitest';
import { RallyError } from '../../../client/rally-error.ts';
import type { DuelStore } from '../../../client/stores/stores.ts';
import { settled } from '../fake-environment.ts';
import { DATE, StoreFixture } from './store-fixture.ts';

let fixture: StoreFixture;
let duel: DuelStore;

beforeEach(async () => {
  fixture = new StoreFixture();
  duel = fixture.stores.duel;
  await fixture.watch(duel, duel.invitations);
  await fixture.connect();
});

const last = () => {
  const request = fixture.live.asked.at(-1);
  if (!request) throw new Error('nothing was sent');
  return request;
};
const bob = { username: 'Bob', nickname: 'Bob', avatar: '' };
const settings = {
  score_to_win: 5,
  game_speed: 'medium',
  ranked: false,
  time_limit: 3,
  cool_mode: false,
} as const;

async function invited(): Promise<void> {
  const inviting = duel.invite('Bob', { score_to_win: 7 });
  expect(duel.get()).toEqual({ phase: 'inviting', username: 'Bob', settings: { score_to_win: 7 } });
  fixture.self = { ...fixture.self, is_engaged_in_game: true, opponent: bob };
  await last().ack('11');
  await inviting;
}

describe('a duel', () => {
  it('goes from an invitation to a game to its end', async () => {
    await invited();
    expect(duel.get()).toMatchObject({ phase: 'inviting', username: 'Bob' });
    const game = { game_id: 'g', ...bob };
    fixture.live.push({ action: 'game_accepted', data: game, ...game, cursor: '12.1.7' });
    expect(duel.get()).toEqual({
      phase: 'playing',
      gameId: 'g',
      opponent: bob,
      settings: { score_to_win: 7 },
      startedAt: expect.any(Number),
    });
    fixture.live.push({
      action: 'game_finished',
      data: { game_id: 'g', reason: 'reported', date: DATE },
      cursor: '13.1.7',
    });
    expect(duel.get()).toMatchObject({ phase: 'idle', ended: { cause: 'finished', username: 'Bob' } });
  });

  it('tells how an invitation ended', async () => {
    await invited();
    fixture.live.push({ action: 'game_declined', data: { username: 'Bob', nickname: '' }, cursor: '12.1.7' });
    expect(duel.get()).toMatchObject({ phase: 'idle', ended: { cause: 'declined', username: 'Bob' } });
    await invited();
    const nobody = { username: null, nickname: null, client_id: 'tab' };
    fixture.self = { ...fixture.self, is_engaged_in_game: false };
    fixture.live.push({
      action: 'game_invite_canceled',
      data: { ...nobody, message: 'The invitation has expired.' },
      cursor: '14.1.7',
    });
    await settled();
    expect(duel.get()).toMatchObject({ ended: { cause: 'expired', message: 'The invitation has expired.' } });
  });

  it('did not end because the invitation of another has expired', async () => {
    await invited();
    const data = { username: null, nickname: null, client_id: null, message: 'The invitation has expired.' };
    fixture.live.push({ action: 'game_invite_canceled', data, cursor: '12.1.7' });
    await settled();
    expect(duel.get()).toMatchObject({ phase: 'inviting', username: 'Bob', settings: { score_to_win: 7 } });
  });

  it('is refused, and says why', async () => {
    const refused = expect(duel.invite('Bob')).rejects.toMatchObject({ code: 'in_game' });
    await last().refuse(new RallyError('in_game', 'You are in an ongoing game.'));
    await refused;
    const ended = { cause: 'refused', username: 'Bob', message: 'You are in an ongoing game.' };
    expect(duel.get()).toEqual({ phase: 'idle', ended });
  });

  it('is never sent twice: what became of it is looked up', async () => {
    const lost = expect(duel.invite('Bob')).rejects.toMatchObject({ code: 'unconfirmed' });
    const before = fixture.requests.length;
    fixture.self = { ...fixture.self, is_engaged_in_game: true, opponent: bob };
    await last().refuse(new RallyError('unconfirmed', ''));
    await lost;
    expect(fixture.requests.slice(before).sort()).toEqual(['all', 'self']);
    expect(duel.get()).toMatchObject({ phase: 'inviting', username: 'Bob' });
    await fixture.live.welcome({ recovered: true });
    expect(fixture.live.asked).toHaveLength(1);
  });

  it('is known to a page that was loaded since, which can cancel it', async () => {
    fixture.self = { ...fixture.self, is_engaged_in_game: true, opponent: bob };
    await fixture.live.welcome({ recovered: false, cursor: '11.1.7' });
    expect(duel.get()).toEqual({ phase: 'inviting', username: 'Bob', settings: null });
    const cancelled = duel.cancel();
    expect(last()).toMatchObject({ action: 'cancel_game_invite', data: { username: 'Bob' } });
    await last().ack('12');
    await cancelled;
    fixture.self = { ...fixture.self, game_id: 'g' };
    await fixture.live.welcome({ recovered: false, cursor: '12.1.7' });
    expect(duel.get()).toMatchObject({ phase: 'playing', opponent: bob, settings: null, startedAt: null });
  });

  it('cannot be cancelled when there is none', async () => {
    await expect(duel.cancel()).rejects.toMatchObject({ code: 'invitation_not_found' });
    expect(fixture.live.asked).toEqual([]);
  });

  it('has invitations until they end', () => {
    const data = { id: 'n', ...bob, game_id: 'i', client_id: null, options: settings, settings, date: DATE };
    const ann = { username: 'Ann', nickname: '', avatar: '' };
    const invitation = { ...data, status: 'pending', invitee: ann } as const;
    fixture.live.push({ action: 'game_invite', data: invitation, cursor: '11.1.7' });
    expect(duel.invitations.get()).toEqual([{ id: 'n', gameId: 'i', inviter: bob, settings, date: DATE }]);
    fixture.live.push({
      action: 'notification_updated',
      data: { id: 'n', status: 'expired' },
      cursor: '12.1.7',
    });
    expect(duel.invitations.get()).toEqual([]);
  });
});
