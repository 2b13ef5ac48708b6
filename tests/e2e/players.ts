import { expect } from 'vitest';
import { self } from '../../protocol/http-resources.ts';
import { ApiClient, signUp, type User } from '../support/api-client.ts';
import type { Deployment } from '../support/deployment.ts';
import { type Frame, openTab, type Tab } from '../support/tab.ts';
import { block } from './community.ts';

/** With which the game server of each deployment here reports the end of games. */
export const SERVICE_TOKEN = 'the-game-server-of-the-end-to-end-tests';

/** Somebody with a tab at each of two gateways; `tab` is at the user's own. */
export interface Player {
  readonly user: User;
  readonly username: string;
  /** As others see it. */
  readonly profile: { readonly username: string; readonly nickname: string; readonly avatar: string };
  readonly tab: Tab;
  readonly otherTab: Tab;
  readonly tabs: readonly [Tab, Tab];
}

export async function enter(deployment: Deployment, prefix: string, gateway = 0): Promise<Player> {
  const { addresses } = deployment;
  const addressOf = (index: number) => addresses[index % addresses.length] ?? addresses[0];
  const user = await signUp(addressOf(gateway), prefix);
  const [tab, otherTab] = await Promise.all([
    openTab(user),
    openTab(user, { address: addressOf(gateway + 1) }),
  ]);
  const { username } = user;
  const profile = { username, nickname: username, avatar: '' };
  return { user, username, profile, tab, otherTab, tabs: [tab, otherTab] };
}

/** At different gateways, where there are several. */
export const twoPlayers = async (deployment: Deployment): Promise<readonly [Player, Player]> =>
  Promise.all([enter(deployment, 'Ann'), enter(deployment, 'Bob', 1)]);

export const invite = (tab: Tab, username: string, more: object = {}): Promise<Frame> =>
  tab.ask('game_invite', { username, client_id: 'the inviting tab', ...more });

export const reply = (tab: Tab, username: string, accept: boolean, more: object = {}): Promise<Frame> =>
  tab.ask('reply_game_invite', { username, accept, ...more });

export const cancel = (tab: Tab, username: string): Promise<Frame> =>
  tab.ask('cancel_game_invite', { username });

/** The id that the ack names. */
export function acked({ action, data }: Frame): string {
  expect({ action, data }).toMatchObject({
    action: 'ack',
    data: { id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
  });
  return String(data.id);
}

/** The first has invited, the second has accepted, and both know: the game's id. */
export async function play(inviter: Player, invitee: Player): Promise<string> {
  acked(await invite(inviter.tab, invitee.username));
  const gameId = acked(await reply(invitee.tab, inviter.username, true));
  await inviter.tab.frame(({ action, data }) => action === 'game_accepted' && data.game_id === gameId);
  return gameId;
}

export const selfOf = async (user: User) => self.parse((await user.get('/self')).body);

/** Which game the user plays, and whether anything keeps the user from another, as of what the user's tabs have seen. */
export async function engagementOf({ user }: Player) {
  const { game_id, is_engaged_in_game } = await selfOf(user);
  return { game_id, is_engaged_in_game };
}

export const FREE = { game_id: null, is_engaged_in_game: false };

const isOfDuels = ({ action, cursor }: Frame): boolean => action.startsWith('game_') && cursor !== undefined;

/** The events of duels that the player's tabs have been sent, all the same: whatever has happened until now is awaited. */
export async function toldTo({ user, tabs }: Player): Promise<Frame[]> {
  // What the log has before it reaches a tab before it.
  const marker = await signUp(user.address, 'Marker');
  await block(marker, user);
  const isMarker = ({ action, data }: Frame) =>
    action === 'relationship_changed' && data.username === marker.username;
  await Promise.all(tabs.map((tab) => tab.frame(isMarker)));
  const [told = [], other] = tabs.map((tab) => tab.frames.filter(isOfDuels));
  expect(other).toEqual(told);
  return told;
}

/** Actions alone, in order. */
export const storyOf = async (player: Player): Promise<string[]> =>
  (await toldTo(player)).map(({ action }) => action);

/** What became of invitations, as the notifications in a tab tell. */
export const statusesIn = (tab: Tab) =>
  tab
    .of('notification_updated')
    .flatMap(({ data: { id, status } }) => (status === undefined ? [] : [{ id, status }]));

/** Reports the end of a game as the game server. */
export const reportEnd = (address: string, gameId: string, token = SERVICE_TOKEN) =>
  new ApiClient(address).request('POST', `/games/${gameId}/finish`, undefined, {
    authorization: `Bearer ${token}`,
  });
