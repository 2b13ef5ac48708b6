import type { GameOptions } from '../../domain/game-options.ts';
import type { InvitationDetails, Profile } from '../../protocol/http-resources.ts';

/** What the invitee is told of an invitation, by the frame and by the list alike. */
export const invitationDetails = (
  inviter: Profile,
  invitee: Profile,
  { invitationId, options, date }: { invitationId: string; options: GameOptions; date: string },
): InvitationDetails => ({
  ...inviter,
  game_id: invitationId,
  client_id: null,
  options,
  settings: options,
  status: 'pending',
  invitee,
  date,
});
