import type { Profile } from '../../client/index.ts';

interface InviteGameModalProps {
  readonly opponent: Profile;
  onClose(): void;
}

/** Chooses how a game is to be played, and invites somebody to it. */
export function InviteGameModal(_: InviteGameModalProps) {
  return null;
}
