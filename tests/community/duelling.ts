import { randomUUID } from 'node:crypto';
import { type Command, HOUSEKEEPING } from '../../protocol/commands.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import { userKey } from '../../read-models/user-key.ts';
import type { MemoryLog } from '../support/memory-log.ts';

export type Ask = (actor: string, command: Command) => Promise<'accepted' | ErrorCode>;

export const SETTINGS = {
  score_to_win: 5,
  game_speed: 'medium',
  ranked: false,
  time_limit: 3,
  cool_mode: false,
} as const;

/** What people do to each other in duels, and what housekeeping does about these. */
export class Duelling {
  readonly #log: MemoryLog;
  readonly #ask: Ask;

  constructor(log: MemoryLog, ask: Ask) {
    this.#log = log;
    this.#ask = ask;
  }

  /** Who waits for an answer cancels, perhaps what was sent to somebody else. */
  async invite(actor: string, invitee: string, which: number): Promise<void> {
    const [invitationId, clientId] = [randomUUID(), `tab ${which}`];
    const invitation = { invitee, invitationId, clientId, options: SETTINGS };
    const answer = await this.#ask(actor, { type: 'send_invitation', ...invitation });
    if (answer === 'invitation_pending') await this.#ask(actor, { type: 'cancel_invitation', invitee });
  }

  /** One of the last, which may have ended; whoever is invited does. */
  async answer(which: number): Promise<void> {
    const invitation = this.#invitation(which % 2);
    if (!invitation) return;
    const type = which % 3 === 0 ? 'decline_invitation' : 'accept_invitation';
    await this.#ask(invitation.invitee, { type, inviter: invitation.inviter });
  }

  /** The last one, which may be over; either of the players does. */
  async finish(which: number): Promise<void> {
    for (const { event } of this.#log.events.toReversed()) {
      if (event.type !== 'InviteAccepted') continue;
      const { gameId, inviter, invitee } = event.data;
      const player = which % 2 === 0 ? inviter : invitee;
      await this.#ask(player, { type: 'finish_game', gameId, asPlayer: true });
      return;
    }
  }

  async keepHouse(which: number): Promise<void> {
    const duel = this.#invitation(which % 4);
    if (!duel) return;
    const { invitationId } = duel;
    const [inviter, invitee] = [userKey(duel.inviter), userKey(duel.invitee)];
    await this.#ask(HOUSEKEEPING, { type: 'settle_duel', invitationId, inviter, invitee });
  }

  /** 0: the last one. */
  #invitation(before: number) {
    const sent = this.#log.events.flatMap(({ event }) => (event.type === 'InviteSent' ? [event.data] : []));
    return sent.at(-1 - before);
  }
}
