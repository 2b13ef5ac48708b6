import type { ErrorCode } from './error-codes.ts';

/** What people read when an invitation has expired, or can no longer be accepted because it has. */
export const INVITATION_EXPIRED = 'The invitation has expired.';

/** What somebody has tried to do about an invitation. */
export type InvitationAttempt = 'invite' | 'accept' | 'decline';

type Texts = Readonly<Partial<Record<ErrorCode, string>>>;

/** Clients of the first implementation show these as they are, so they stay as they are. */
const TEXTS: Texts = {
  in_game: 'You are in an ongoing game.',
  invitation_pending: 'You have one invitation pending.',
  invitation_not_found: 'Invitation not found.',
  invitation_expired: INVITATION_EXPIRED,
  user_not_found: 'User not found.',
  not_invitable: "This user can't be invited.",
  rate_limited: 'Too many invitations, try again later.',
};

const TEXTS_OF_ATTEMPT: Readonly<Record<InvitationAttempt, Texts>> = {
  invite: { self_invite: "You can't invite yourself to a game !" },
  accept: { self_invite: "You can't accept invitations from yourself to a game !" },
  decline: { invitation_not_found: 'No pending invitations found.' },
};

/** Why the attempt was refused, for people. null: for a reason that has nothing to do with invitations. */
export const invitationRefusalText = (attempt: InvitationAttempt, code: ErrorCode): string | null =>
  TEXTS_OF_ATTEMPT[attempt][code] ?? TEXTS[code] ?? null;
