import { setTimeout as pause } from 'node:timers/promises';
import { accept, cancel, invite, type Person, type Rivals } from './rivals.ts';

/** How long an invitation is pending in these races. */
export const INVITATION_TTL_S = 1;

/** So long before an invitation expires at most, and so long after that, it is accepted. */
const SPREAD_MS = 150;

/** Accepting takes more steps than what races with it: it gets a head start in most rounds, of so many milliseconds. */
const headStartMs = (round: number): number => (round % 7) * 4;

/** What the two were answered who did something at the same moment. */
type Finish = readonly [string, string];

export interface Race {
  readonly run: (rivals: Rivals, round: number) => Promise<Finish>;
  /** Why the first, and the second, may lose. An invitation may always have expired before. */
  readonly reasons: readonly [readonly string[], readonly string[]];
  /** Of the one invitation that they race for: not both can have their way. */
  readonly hasOneWinner: boolean;
}

const GONE = ['invitation_not_found', 'invitation_expired'];

export const RACES = {
  'accept ∥ cancel': {
    async run({ host, guest }, round) {
      await invite(host, guest);
      const [accepted, cancelled] = await Promise.all([
        accept(guest, host),
        pause(headStartMs(round)).then(() => cancel(host, guest)),
      ]);
      await finish(accepted.id, guest);
      return [accepted.code, cancelled.code];
    },
    reasons: [GONE, ['invitation_not_found']],
    hasOneWinner: true,
  },
  'accept ∥ expire': {
    async run({ host, guest }, round) {
      await invite(host, guest);
      await pause(INVITATION_TTL_S * 1000 - SPREAD_MS + ((round * 37) % (2 * SPREAD_MS)));
      const accepted = await accept(guest, host);
      await finish(accepted.id, guest);
      return [accepted.code, 'ack'];
    },
    reasons: [['invitation_expired'], []],
    hasOneWinner: false,
  },
  'accept from two tabs': {
    async run({ host, guest }) {
      await invite(host, guest);
      const both = await Promise.all([accept(guest, host, 0), accept(guest, host, 1)]);
      await finish(both.find(({ id }) => id !== undefined)?.id, host);
      return [both[0].code, both[1].code];
    },
    reasons: [GONE, GONE],
    hasOneWinner: false,
  },
  'mutual invites': {
    async run({ host, guest }) {
      const both = await Promise.all([invite(host, guest), invite(guest, host)]);
      await Promise.all([cancel(host, guest), cancel(guest, host)]);
      return [both[0].code, both[1].code];
    },
    reasons: [['invitation_pending'], ['invitation_pending']],
    hasOneWinner: false,
  },
  'one invitee accepting two inviters': {
    async run({ host, guest, other }) {
      await Promise.all([invite(host, guest), invite(other, guest)]);
      const both = await Promise.all([accept(guest, host, 0), accept(guest, other, 1)]);
      for (const { id } of both) await finish(id, guest);
      await Promise.all([cancel(host, guest), cancel(other, guest)]);
      return [both[0].code, both[1].code];
    },
    reasons: [
      ['in_game', ...GONE],
      ['in_game', ...GONE],
    ],
    hasOneWinner: true,
  },
  'block ∥ accept': {
    async run({ host, guest }, round) {
      await invite(host, guest);
      const [blocker, blocked] = round % 2 ? [host, guest] : [guest, host];
      const own = `/users/${blocker.user.username}/blocked_users`;
      const [accepted, answer] = await Promise.all([
        accept(guest, host),
        pause(headStartMs(round)).then(() => blocker.user.post(own, { username: blocked.user.username })),
      ]);
      await finish(accepted.id, host);
      await blocker.user.delete(`${own}/${blocked.user.username}`);
      return [accepted.code, answer.status === 201 ? 'ack' : String(answer.status)];
    },
    reasons: [['not_invitable', ...GONE], []],
    hasOneWinner: false,
  },
} satisfies Readonly<Record<string, Race>>;

/** By a player, as there is no game server. */
async function finish(gameId: string | undefined, { user }: Person): Promise<void> {
  if (gameId === undefined) return;
  const { status } = await user.post(`/games/${gameId}/finish`);
  if (status !== 204) throw new Error(`finishing a game is answered ${status}`);
}
