import type { Invitation, Story } from './story.ts';

type Step = Parameters<Story['duel']>[1];

/** Where an invitation is: what may happen to it next, and in whose stream. */
interface Going {
  readonly invitation: Invitation;
  inviterIs: 'inviting' | 'playing' | 'free';
  isSeated: boolean;
}

/** Tells any steps of duels that the domain allows, also in the orders that only a crash or a race brings about. */
export class AnyDuels {
  readonly #story: Story;
  readonly #going = new Set<Going>();
  /** Those that have ended; somebody may still be about to accept one. */
  readonly #ended: Invitation[] = [];

  constructor(story: Story) {
    this.#story = story;
  }

  /** One more step, somewhere: the next one of a duel between the two, or a new invitation. */
  goOn(one: string, other: string, which: number): void {
    const going = [...this.#going];
    const engaged = going.find(
      ({ invitation, inviterIs, isSeated }) =>
        (inviterIs !== 'free' && invitation.inviter === one) || (isSeated && invitation.invitee === one),
    );
    const sentToOne = going.find(
      ({ invitation, inviterIs, isSeated }) =>
        invitation.invitee === one && inviterIs === 'inviting' && !isSeated,
    );
    if (engaged) this.#step(engaged, which);
    else if (sentToOne && which % 4 < 3) this.#reserve(sentToOne);
    else if (which % 5 === 0) this.#reserveTooLate(one);
    else
      this.#going.add({
        invitation: this.#story.invites(one, other),
        inviterIs: 'inviting',
        isSeated: false,
      });
  }

  #step(duel: Going, which: number): void {
    if (duel.inviterIs === 'inviting') {
      const step: Step =
        duel.isSeated && which % 2 === 0 ? 'InviteAccepted' : (ENDS[which % ENDS.length] ?? 'InviteDeclined');
      this.#story.duel(duel.invitation, step);
      duel.inviterIs = step === 'InviteAccepted' ? 'playing' : 'free';
      if (step !== 'InviteAccepted' && !duel.isSeated) this.#ended.push(duel.invitation);
    } else if (duel.isSeated) {
      const step = duel.inviterIs === 'playing' ? 'GameFinished' : 'SeatReleased';
      this.#story.duel(duel.invitation, step, duel.invitation.invitee);
      duel.isSeated = false;
    } else {
      this.#story.duel(duel.invitation, 'GameFinished');
      duel.inviterIs = 'free';
    }
    if (duel.inviterIs === 'free' && !duel.isSeated) this.#going.delete(duel);
  }

  #reserve(duel: Going): void {
    this.#story.duel(duel.invitation, 'SeatReserved');
    duel.isSeated = true;
  }

  #reserveTooLate(invitee: string): void {
    const index = this.#ended.findIndex((invitation) => invitation.invitee === invitee);
    const [invitation] = index < 0 ? [] : this.#ended.splice(index, 1);
    if (!invitation) return;
    this.#story.duel(invitation, 'SeatReserved');
    this.#going.add({ invitation, inviterIs: 'free', isSeated: true });
  }
}

const ENDS = ['InviteDeclined', 'InviteCancelled', 'InviteExpired'] as const;
