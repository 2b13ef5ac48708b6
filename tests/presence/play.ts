import { GRACE_MS, LIMIT_MS, type Move, type Schedule } from './any-schedule.ts';
import { Hall } from './hall.ts';
import type { ModelGateway, Tab } from './model-gateway.ts';

/** Throws at the first thing that should not be, with all that had happened. Resolves with how many sessions were opened again by late copies. */
export async function play({ users, gateways, moves }: Schedule): Promise<number> {
  const hall = new Hall(gateways);
  const people = new People(hall, ['Ann', 'bob', 'Cid'].slice(0, users));
  try {
    for (const move of moves) await people.move(move);
    await settle(hall, people);
    return hall.referee.reopened.size;
  } catch (error) {
    throw new Error(`${error}, after\n${hall.story}`, { cause: error });
  }
}

/** Whatever was under way ends, gateways that were expelled learn of it, and housekeeping does what is due. */
async function settle(hall: Hall, people: People): Promise<void> {
  await hall.finish();
  for (const gateway of [...hall.gateways]) await people.notice(gateway);
  hall.expelTheDead();
  await people.allAct();
  await hall.finish();
  hall.wait(GRACE_MS + 100);
  await hall.keepHouse();
  const wanted = new Set(hall.gateways.flatMap((gateway) => gateway.wanted));
  const live = [...hall.referee.users.values()].flatMap(({ live }) => [...live]);
  for (const sessionId of wanted)
    if (!live.includes(sessionId)) throw new Error(`${sessionId} does not count, and its tab is there`);
  for (const sessionId of live)
    if (!wanted.has(sessionId) && !hall.referee.reopened.has(sessionId))
      throw new Error(`${sessionId} counts, and no tab is there`);
  expectOnline(hall);

  hall.wait(LIMIT_MS + 100);
  await hall.keepHouse();
  hall.wait(1);
  await hall.keepHouse();
  for (const { live } of hall.referee.users.values())
    if (live.size > 0) throw new Error('somebody counts who does nothing');
  expectOnline(hall);
}

function expectOnline(hall: Hall): void {
  for (const [username, { isOnline, live }] of hall.referee.users)
    if (isOnline !== live.size > 0)
      throw new Error(`${username} is online: ${isOnline}, with ${live.size} sessions`);
}

/** Of a list, the same for the same number. */
const pick = <Item>(list: readonly Item[], which: number): Item | undefined => list[which % list.length];

/** Users with their tabs, and all others, as a schedule has them move. */
class People {
  readonly #hall: Hall;
  readonly #names: readonly string[];
  /** Whose gateway is lost, and who come again. */
  #homeless: Tab[] = [];

  constructor(hall: Hall, names: readonly string[]) {
    this.#hall = hall;
    this.#names = names;
  }

  async move(move: Move): Promise<void> {
    const hall = this.#hall;
    switch (move.move) {
      case 'open': {
        const gateway = pick(hall.gateways, move.gateway);
        return gateway && hall.open(this.#nextTab(move.who), gateway);
      }
      case 'close': {
        const [gateway, tab] = this.#tabAt(move);
        return tab && gateway && hall.leave(tab, gateway, move.by);
      }
      case 'log out': {
        const [, tab] = this.#tabAt(move);
        for (const gateway of hall.gateways)
          for (const each of gateway.tabs)
            if (each.loginId === tab?.loginId) await hall.leave(each, gateway, 'NORMAL');
        return;
      }
      case 'act': {
        const [, tab] = this.#tabAt(move);
        return tab && hall.act(tab);
      }
      case 'deliver':
        return hall.deliver(move.which, move.delivery, move.at);
      case 'go on':
        return hall.goOn(move.which, move.fate, move.further);
      case 'wait':
        return hall.wait(move.ms);
      case 'expel': {
        const gateway = pick(hall.gateways, move.gateway);
        return gateway && hall.expel(gateway);
      }
      case 'notice': {
        const gateway = pick(hall.gateways, move.gateway);
        return gateway && this.notice(gateway);
      }
      case 'kill gateway': {
        const gateway = pick(hall.gateways, move.gateway);
        if (gateway) this.#homeless.push(...(await hall.killGateway(gateway)));
        return;
      }
      case 'drain': {
        const gateway = pick(hall.gateways, move.gateway);
        for (const tab of gateway?.tabs ?? []) {
          if (gateway) await hall.leave(tab, gateway, 'CANCELLED');
          this.#homeless.push(tab);
        }
        return;
      }
      case 'kill service':
        return hall.killService(move.at, move.appendsToo);
      case 'look':
        return hall.look(move.by, move.lag);
      case 'work off':
        return hall.workOff(move.by, move.list, move.lag);
      default:
        return move satisfies never;
    }
  }

  async notice(gateway: ModelGateway): Promise<void> {
    this.#homeless.push(...(await this.#hall.notice(gateway)));
  }

  /** Every tab that is there. */
  async allAct(): Promise<void> {
    for (const { tabs } of this.#hall.gateways) for (const tab of tabs) await this.#hall.act(tab);
  }

  #tabAt({ gateway: which, tab }: { readonly gateway: number; readonly tab: number }) {
    const gateway = pick(this.#hall.gateways, which);
    return [gateway, gateway && pick(gateway.tabs, tab)] as const;
  }

  /** One that comes again, or a new one of this user, of one of two sign-ins. */
  #nextTab(who: number): Tab {
    const again = this.#homeless.shift();
    if (again) return { ...again };
    const username = pick(this.#names, who) ?? 'Ann';
    return { username, loginId: this.#loginOf(username, who) };
  }

  #loginOf(username: string, who: number): string {
    const which = this.#names.indexOf(username) * 2 + (Math.floor(who / 7) % 2);
    return `00000000-0000-4000-8000-00000000000${which}`;
  }
}
