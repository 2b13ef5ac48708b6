import { randomUUID } from 'node:crypto';
import { streamOf } from '../../platform/event-store/stream-name.ts';
import { type Command, type CommandOf, type CommandReply, HOUSEKEEPING } from '../../protocol/commands.ts';
import { acceptance, eventsOf, registered } from './conversation.ts';
import type { RunningCommandService } from './running-command-service.ts';

export const OPTIONS = {
  score_to_win: 7,
  game_speed: 'fast',
  ranked: true,
  time_limit: 2,
  cool_mode: true,
} as const;

export const invite = (
  invitee: string,
  invitationId: string = randomUUID(),
): CommandOf<'send_invitation'> => ({
  type: 'send_invitation',
  invitee,
  invitationId,
  clientId: 'tab 1',
  options: OPTIONS,
});

export const accept = (inviter: string): Command => ({ type: 'accept_invitation', inviter });
export const decline = (inviter: string): Command => ({ type: 'decline_invitation', inviter });
export const cancel = (invitee: string): Command => ({ type: 'cancel_invitation', invitee });
export const block = (blocked: string): Command => ({ type: 'block_user', blocked });
export const finish = (gameId: string, asPlayer = false): Command => ({
  type: 'finish_game',
  gameId,
  asPlayer,
});

/** Who has invited whom. */
export interface Invitation {
  readonly invitationId: string;
  readonly inviter: string;
  readonly invitee: string;
}

export const settle = (
  service: RunningCommandService,
  { invitationId, inviter, invitee }: Invitation,
): Promise<CommandReply> =>
  service.send(HOUSEKEEPING, { type: 'settle_duel', invitationId, inviter, invitee });

/** An invitation from a new Ann to a new Bob, pending. */
export async function invitation(service: RunningCommandService): Promise<Invitation> {
  const [inviter, invitee] = await Promise.all([registered(service, 'Ann'), registered(service, 'Bob')]);
  return invitedBy(service, inviter, invitee);
}

/** Pending, between two who are there. */
export async function invitedBy(
  service: RunningCommandService,
  inviter: string,
  invitee: string,
): Promise<Invitation> {
  const { id: invitationId = '' } = acceptance(await service.send(inviter, invite(invitee)));
  return { invitationId, inviter, invitee };
}

/** A game between a new Ann, who invited, and a new Bob. */
export async function game(
  service: RunningCommandService,
): Promise<Invitation & { readonly gameId: string }> {
  const invited = await invitation(service);
  const { id: gameId = '' } = acceptance(await service.send(invited.invitee, accept(invited.inviter)));
  return { ...invited, gameId };
}

/** The player's events, oldest first. */
export const playerEvents = (service: RunningCommandService, username: string) =>
  eventsOf(service, streamOf('player', username));

export const typesOf = async (service: RunningCommandService, username: string): Promise<string[]> =>
  (await playerEvents(service, username)).map(({ event }) => event.type);
