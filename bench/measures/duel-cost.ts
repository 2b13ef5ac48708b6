import { z } from 'zod';
import type { Crowd, CrowdUser } from '../load-generator/crowd.ts';
import { LoadGenerator } from '../load-generator/load-generator.ts';
import { openRawWebSocket, type RawWebSocket } from '../load-generator/raw-websocket.ts';
import type { Prepared } from '../prepare-contestant.ts';
import type { Cleanup } from '../processes/cleanup.ts';
import { Contestant } from './contestant.ts';
import { serverSeconds } from './processor-cost.ts';
import { REFERENCE_RATE } from './round.ts';
import { spread, spreadOf } from './spread.ts';

/** Processor seconds of server and database per 1,000. */
export const duelCostSchema = z.object({ duels: spread, messages: spread });

export type DuelCost = z.infer<typeof duelCostSchema>;

const DUELS = 200;
/** Pairs that play at the same time. */
const AT_ONCE = 8;
const WARM_UP = { rate: 2000, warmUpMs: 0, measuredMs: 3000 };
const MESSAGES = { rate: REFERENCE_RATE, warmUpMs: 0, measuredMs: 1500 };

const ack = z.object({
  action: z.literal('ack'),
  request_id: z.string(),
  data: z.object({ id: z.string() }),
});

/**
 * What a duel costs, from its invitation over its acceptance to the end of its game, and what a message costs, in turns. Half of the
 * crowd plays and the other half talks. The system must have been stopped before; it is again afterwards.
 */
export async function duelCost(
  { crowd, restart }: Pick<Prepared, 'crowd' | 'restart'>,
  rounds: number,
  cleanup: Cleanup,
): Promise<DuelCost> {
  const half = crowd.pairs.length >> 1;
  const system = await restart([]);
  const generator = new LoadGenerator(cleanup);
  await generator.connect(system, { ...crowd, pairs: crowd.pairs.slice(half) });
  const contestant = new Contestant(system, generator);
  const couples = await Promise.all(
    crowd.pairs.slice(0, half).map(({ users }) => Couple.meet(system.address, users)),
  );
  const usedS = () => serverSeconds(system.pid, generator.pid);
  const costOf = async (work: () => Promise<number>) => {
    const before = await usedS();
    const done = await work();
    return (((await usedS()) - before) / done) * 1000;
  };
  const play = () => playAll(couples);
  const talk = async () => (await contestant.talk(MESSAGES)).sent;
  try {
    await contestant.talk(WARM_UP);
    await play();
    const costs = { duels: [] as number[], messages: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      costs.duels.push(await costOf(play));
      costs.messages.push(await costOf(talk));
    }
    return { duels: spreadOf(costs.duels), messages: spreadOf(costs.messages) };
  } finally {
    for (const couple of couples) couple.leave();
    await generator.stop();
    await system.stop();
  }
}

async function playAll(couples: readonly Couple[]): Promise<number> {
  let left = DUELS;
  const playInTurn = async (first: number) => {
    for (let next = first; left > 0; next += AT_ONCE) {
      left -= 1;
      await couples[next % couples.length]?.play();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, first) => playInTurn(first)));
  return DUELS;
}

/** Two who play against each other, the first of them inviting. */
class Couple {
  readonly #address: string;
  readonly #users: Crowd['pairs'][number]['users'];
  readonly #players: readonly [Player, Player];

  private constructor(
    address: string,
    users: Crowd['pairs'][number]['users'],
    players: readonly [Player, Player],
  ) {
    this.#address = address;
    this.#users = users;
    this.#players = players;
  }

  static async meet(address: string, users: Crowd['pairs'][number]['users']): Promise<Couple> {
    const players = [await Player.enter(address, users[0]), await Player.enter(address, users[1])] as const;
    return new Couple(address, users, players);
  }

  async play(): Promise<void> {
    const [inviter, invitee] = this.#users;
    await this.#players[0].ask('game_invite', { username: invitee.username, client_id: 'bench' });
    const gameId = await this.#players[1].ask('reply_game_invite', {
      username: inviter.username,
      accept: true,
    });
    const finish = `${this.#address}/api/games/${gameId}/finish`;
    const { ok, status } = await fetch(finish, { method: 'POST', headers: inviter.headers });
    if (!ok) throw new Error(`finishing a game: ${status}`);
  }

  leave(): void {
    for (const player of this.#players) player.leave();
  }
}

/** One tab of somebody who asks for one thing after the other. */
class Player {
  #socket: RawWebSocket | undefined;
  #requests = 0;
  #acked: (payload: string) => void = () => {};

  static async enter(address: string, { path, headers }: CrowdUser): Promise<Player> {
    const player = new Player();
    player.#socket = await openRawWebSocket(address, path, headers, {
      text: (payload) => player.#acked(payload),
      closed: () => {},
    });
    return player;
  }

  /** Resolves with the id that the ack names. */
  ask(action: string, data: object): Promise<string> {
    this.#requests += 1;
    const request = String(this.#requests);
    return new Promise((resolve, reject) => {
      this.#acked = (payload) => {
        if (!payload.includes(`"request_id":"${request}"`)) return;
        const answer = ack.safeParse(JSON.parse(payload));
        if (answer.success) resolve(answer.data.data.id);
        else reject(new Error(`${action}: ${payload}`));
      };
      this.#socket?.send(JSON.stringify({ action, request_id: request, data }));
    });
  }

  leave(): void {
    this.#socket?.end();
  }
}
