import { type Command, type CommandOf, GAME_SERVER, GATEWAY } from '../../protocol/commands.ts';
import type { Move, Wish } from './any-schedule.ts';
import type { Arena } from './arena.ts';
import type { Duel } from './referee.ts';

const PLAYERS = ['Ann', 'bob', 'Cid', 'Dan'] as const;
const OPTIONS = {
  score_to_win: 5,
  game_speed: 'medium',
  ranked: false,
  time_limit: 3,
  cool_mode: false,
} as const;

/** What settling one duel leaves to be settled is little. */
const ROUNDS = 5;

type Ask = Extract<Move, { move: 'ask' }>;

interface Pair {
  readonly actor: string;
  readonly other: string;
}

/** Of a list, the same for the same number. */
const pick = <Item>(list: readonly Item[], which: number): Item | undefined => list[which % list.length];

function askerOf(wish: Wish, { actor }: Pair, which: number): string {
  if (wish === 'come or go') return GATEWAY;
  return wish === 'finish' && which % 4 === 0 ? GAME_SERVER : actor;
}

/** Players, and housekeeping, as a schedule has them move. */
export class Duelists {
  readonly #arena: Arena;
  readonly #players: readonly string[];
  /** Of those who are there, their tab. */
  readonly #tabs = new Map<string, CommandOf<'open_session'>>();

  constructor(arena: Arena, players: number) {
    this.#arena = arena;
    this.#players = PLAYERS.slice(0, players);
  }

  async found(): Promise<void> {
    for (const player of this.#players) {
      await this.#arena.ask(player, { type: 'register_user' }, 0);
      await this.#arena.ask(GATEWAY, this.#comeOrGo(player), 0);
    }
    await this.#arena.finish();
  }

  async move(move: Move): Promise<void> {
    const arena = this.#arena;
    switch (move.move) {
      case 'ask':
        return this.#ask(move);
      case 'go on':
        return arena.goOn(move.which, move.fate, move.further);
      case 'settle': {
        const duel = pick(this.#latest(), move.which);
        return duel && arena.settle(duel, move.at);
      }
      case 'ask again': {
        const asked = pick(arena.asked.slice(2 * this.#players.length), move.which);
        return asked && arena.askAgain(asked, move.at);
      }
      case 'wait':
        return arena.wait(move.ms);
      case 'kill':
        return arena.kill(move.at, move.appendsToo);
      default:
        return move satisfies never;
    }
  }

  /** Housekeeping goes over what is due, and over what that leaves, until nothing is: nothing stays on the list that has nothing to be done. */
  async settleAll(): Promise<void> {
    const { toDoList, now } = this.#arena;
    for (let round = 0; round < ROUNDS; round += 1) {
      const due = toDoList.due(now);
      if (due.length === 0) return;
      for (const [index, { invitation_id, inviter_key, invitee_key }] of due.entries()) {
        const duel = { invitationId: invitation_id, inviter: inviter_key, invitee: invitee_key };
        await this.#arena.settle(duel, index);
      }
      await this.#arena.finish();
    }
    throw new Error('housekeeping does not come to an end');
  }

  #latest(): readonly Duel[] {
    return this.#arena.referee.picture.duels.toReversed();
  }

  async #ask({ wish, who, whom, which, at }: Ask): Promise<void> {
    const pair = (which % 6 > 0 && this.#concerned(wish, which)) || this.#anyTwo(who, whom);
    const command = this.#commandOf(wish, pair, which);
    if (command) await this.#arena.ask(askerOf(wish, pair, which), command, at);
  }

  /** Whoever has a reason for such a wish. */
  #concerned(wish: Wish, which: number): Pair | undefined {
    const pending = pick(
      this.#latest().filter(({ status }) => status === 'pending'),
      which,
    );
    if (!pending) return undefined;
    const [inviter, invitee] = [this.#name(pending.inviter), this.#name(pending.invitee)];
    const [fromInviter, fromInvitee] = [
      { actor: inviter, other: invitee },
      { actor: invitee, other: inviter },
    ];
    switch (wish) {
      case 'accept':
      case 'decline':
        return fromInvitee;
      case 'cancel':
      case 'come or go':
        return fromInviter;
      case 'block':
        return which % 2 ? fromInviter : fromInvitee;
      case 'invite':
        return which % 3 ? undefined : fromInvitee;
      default:
        return undefined;
    }
  }

  #anyTwo(who: number, whom: number): Pair {
    const actor = pick(this.#players, who) ?? 'Ann';
    const others = this.#players.filter((name) => name !== actor);
    return { actor, other: pick(others, whom) ?? 'bob' };
  }

  #commandOf(wish: Wish, { actor, other }: Pair, which: number): Command | undefined {
    // Names are the same in any case.
    const typed = which % 5 ? other : other.toUpperCase();
    switch (wish) {
      case 'invite': {
        const invitationId = this.#arena.newId();
        return {
          type: 'send_invitation',
          invitee: typed,
          invitationId,
          clientId: 'a tab',
          options: OPTIONS,
        };
      }
      case 'accept':
        return { type: 'accept_invitation', inviter: typed };
      case 'decline':
        return { type: 'decline_invitation', inviter: typed };
      case 'cancel':
        return { type: 'cancel_invitation', invitee: typed };
      case 'block':
        return { type: 'block_user', blocked: typed };
      case 'unblock':
        return { type: 'unblock_user', blocked: typed };
      case 'finish': {
        const games = this.#latest().filter(({ status }) => status === 'accepted');
        const gameId = pick(games, Math.floor(which / 2))?.gameId;
        return gameId ? { type: 'finish_game', gameId, asPlayer: which % 4 > 0 } : undefined;
      }
      case 'announce':
        return {
          type: 'create_tournament',
          tournamentId: this.#arena.newId(),
          name: 'cup',
          requiredParticipants: 4,
          alias: 'me',
          settings: OPTIONS,
        };
      case 'come or go':
        return this.#comeOrGo(actor);
      default:
        return wish satisfies never;
    }
  }

  #comeOrGo(username: string): Command {
    const tab = this.#tabs.get(username);
    if (!tab) {
      const ids = { sessionId: this.#arena.newId(), gatewayId: 'gateway', loginId: 'login' };
      const opened = { type: 'open_session', username, ...ids } as const;
      this.#tabs.set(username, opened);
      return opened;
    }
    this.#tabs.delete(username);
    return {
      type: 'drop_session',
      username,
      sessionId: tab.sessionId,
      reason: 'closed',
      graceMs: 0,
    };
  }

  #name(key: string): string {
    return this.#players.find((name) => name.toLowerCase() === key) ?? key;
  }
}
