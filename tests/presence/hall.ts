import { v5 as uuidFromName } from 'uuid';
import { AppendOrder } from '../../command-service/decide-and-append.ts';
import { duelConfiguration, duelLimits } from '../../command-service/duel-limits.ts';
import {
  COMMANDS_LIMIT,
  type CommandReply,
  type CommandRequest,
  HOUSEKEEPING,
  type IdentifiedCommand,
} from '../../protocol/commands.ts';
import { CommandServices } from '../duels/command-services.ts';
import type { Fate } from '../duels/stepped-log.ts';
import { GRACE_MS, LIMIT_MS } from './any-schedule.ts';
import { Keeper, LISTS } from './keeper.ts';
import { ModelGateway, type Tab } from './model-gateway.ts';
import { Referee } from './referee.ts';
import { type Delivery, SlowBus } from './slow-bus.ts';

const IDS = '1f4f6a0e-5a0e-4d2b-9a5f-6f0a55c0be11';
const LEFT_MS = 2000;

/** What is done of one list leaves little to be done. */
const ROUNDS = 8;
const UNAVAILABLE: CommandReply = { outcome: 'refused', code: 'unavailable' };

/** Gateways, command services, housekeeping and time. Nothing happens by itself, and nothing at once. */
export class Hall {
  readonly referee = new Referee();
  readonly gateways: ModelGateway[] = [];
  readonly #members = new Set<string>();
  /** By sign-in. */
  readonly #lastSeen = new Map<string, Date>();
  /** Sessions that somebody who keeps house took for idle. */
  readonly #idle = new Set<string>();
  readonly #services: CommandServices;
  readonly #bus = new SlowBus((request, at) => this.#serve(request, at));
  readonly #keepers: readonly [Keeper, Keeper];
  #now = Date.parse('2026-01-01T18:00:00.000Z');
  #ids = 0;
  #read = 0;

  constructor(gateways: number) {
    this.#services = new CommandServices({
      conditions: 'held',
      duelLimits: duelLimits(duelConfiguration.parse({})),
      now: () => this.#now,
    });
    const rest = {
      members: this.#members,
      lastSeen: this.#lastSeen,
      log: this.#services.log,
      clock: () => new Date(this.#now),
    };
    this.#keepers = [new Keeper(rest), new Keeper(rest)];
    for (let index = 0; index < gateways; index += 1) this.gateways.push(this.#startGateway());
  }

  get events() {
    return this.#services.log.events;
  }

  /** The same in a schedule that is repeated. */
  newId(): string {
    this.#ids += 1;
    return uuidFromName(String(this.#ids), IDS);
  }

  isMember({ id }: ModelGateway): boolean {
    return this.#members.has(id);
  }

  wait(ms: number): void {
    this.#now += ms;
  }

  async open(tab: Tab, gateway: ModelGateway): Promise<void> {
    this.#saw(tab.loginId);
    gateway.join(tab);
    await this.#lookOn();
  }

  async leave(tab: Tab, gateway: ModelGateway, by: Parameters<ModelGateway['leave']>[1]): Promise<void> {
    gateway.leave(tab, by);
    await this.#lookOn();
  }

  async act({ loginId }: Tab): Promise<void> {
    this.#saw(loginId);
    await this.#lookOn();
  }

  /** Whoever watches takes it for dead. */
  expel({ id }: ModelGateway): void {
    this.#members.delete(id);
  }

  /** A gateway looks whether it is still a member. If it is not, its tabs have to come again. */
  async notice(gateway: ModelGateway): Promise<readonly Tab[]> {
    if (this.isMember(gateway)) return [];
    const id = this.newId();
    this.#members.add(id);
    const tabs = gateway.fence(id);
    await this.#lookOn();
    return tabs;
  }

  /** Another one begins in its place. What it was is a member until somebody expels it. */
  async killGateway(gateway: ModelGateway): Promise<readonly Tab[]> {
    const tabs = gateway.kill();
    this.gateways[this.gateways.indexOf(gateway)] = this.#startGateway();
    await this.#lookOn();
    return tabs;
  }

  async killService(at: number, appendsToo: boolean): Promise<void> {
    this.#services.kill(at, appendsToo);
    await this.#lookOn();
  }

  async deliver(which: number, delivery: Delivery, at: number): Promise<void> {
    if (this.#bus.waiting === 0) return;
    this.#bus.deliver(which, delivery, at);
    await this.#lookOn();
  }

  async goOn(which: number, fate: Fate, further: number): Promise<void> {
    if (this.#services.waiting === 0) return;
    await this.#services.step(which, fate);
    await this.#lookOn();
    for (let left = further; left > 0 && this.#services.waiting > 0; left -= 1) {
      await this.#services.lastStep();
      await this.#lookOn();
    }
  }

  /** All that is under way comes to its end. */
  async finish(): Promise<void> {
    while (this.#bus.waiting + this.#services.waiting > 0) {
      await this.deliver(0, 'answered', this.#ids);
      await this.goOn(0, 'answered', 0);
    }
  }

  async look(by: number, lag: number): Promise<void> {
    await this.#keeperAt(by).look(lag);
    await this.#lookOn();
  }

  async workOff(by: number, list: number, lag: number): Promise<void> {
    for (const page of await this.#keeperAt(by).pages(list, lag)) {
      for (const { command } of page)
        if (command.type === 'drop_session' && command.reason === 'inactive')
          this.#idle.add(command.sessionId);
      const commands = page.map(({ command }) => this.#identified(command));
      for (let from = 0; from < commands.length; from += COMMANDS_LIMIT)
        void this.#ask(HOUSEKEEPING, commands.slice(from, from + COMMANDS_LIMIT));
    }
    await this.#lookOn();
  }

  /** Whoever works goes over all lists, until nothing comes of it. */
  async keepHouse(): Promise<void> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const stored = this.events.length;
      await this.look(0, 0);
      for (let list = 0; list < LISTS; list += 1) {
        await this.workOff(0, list, 0);
        await this.finish();
      }
      if (this.events.length === stored) return;
    }
    throw new Error('housekeeping does not come to an end');
  }

  /** Who is no gateway any more is no member either. */
  expelTheDead(): void {
    const alive = new Set(this.gateways.map(({ id }) => id));
    for (const id of this.#members) if (!alive.has(id)) this.#members.delete(id);
  }

  /** What stands in the log, for whoever looks into a schedule that has failed. */
  get story(): string {
    const lines = this.events.map(
      ({ position, event, metadata }) =>
        `${position} ${event.type} ${JSON.stringify(event.data)} by ${metadata.actor}`,
    );
    return lines.join('\n');
  }

  async #lookOn(): Promise<void> {
    await this.#services.untilQuiet();
    for (const event of this.events.slice(this.#read)) this.referee.read(event);
    this.#read = this.events.length;
    this.referee.assertWhole();
    for (const gateway of this.gateways.filter((one) => this.isMember(one)))
      for (const sessionId of gateway.told) this.#assertLive(sessionId);
  }

  /** A session that its gateway has been told of counts until the tab leaves, whatever others do. */
  #assertLive(sessionId: string): void {
    if (this.#idle.has(sessionId)) return;
    for (const { live } of this.referee.users.values()) if (live.has(sessionId)) return;
    throw new Error(`${sessionId} was dropped, and its tab is there`);
  }

  #saw(loginId: string): void {
    const before = this.#lastSeen.get(loginId)?.getTime();
    this.#lastSeen.set(loginId, new Date(this.#now));
    if (before === undefined || this.#now - before >= LIMIT_MS / 2)
      for (const gateway of this.gateways) gateway.renew(loginId);
  }

  #startGateway(): ModelGateway {
    const id = this.newId();
    this.#members.add(id);
    return new ModelGateway({
      id,
      send: (actor, commands) => this.#ask(actor, commands),
      graceMs: GRACE_MS,
      limitMs: LIMIT_MS,
      clock: () => new Date(this.#now),
      newId: () => this.newId(),
    });
  }

  #keeperAt(by: number): Keeper {
    return this.#keepers[by % 2 === 0 ? 0 : 1];
  }

  #identified(command: IdentifiedCommand['command']): IdentifiedCommand {
    const commandId = this.newId();
    return { commandId, correlationId: commandId, command };
  }

  #ask(actor: string, commands: readonly IdentifiedCommand[]): Promise<readonly CommandReply[]> {
    return this.#bus.request({ actor, commands: [...commands], leftMs: LEFT_MS });
  }

  async #serve({ actor, commands }: CommandRequest, at: number): Promise<readonly CommandReply[] | null> {
    let order: AppendOrder | undefined;
    const replies = await Promise.all(
      commands.map(({ commandId, command, askedBefore = false }) => {
        order = new AppendOrder(order);
        return this.#services.carryOut({ actor, commandId, command, askedBefore, order }, at);
      }),
    );
    if (replies.includes('killed')) return null;
    return replies.map((reply) => (reply === 'unavailable' || reply === 'killed' ? UNAVAILABLE : reply));
  }
}
