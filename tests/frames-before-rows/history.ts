import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { Leader } from '../../gateway/leader.ts';
import { followProjectedPosition } from '../../gateway/projected-position.ts';
import { createWebSocketGateway, type WebSocketGateway } from '../../gateway/websocket/websocket-gateway.ts';
import type { Audience } from '../../protocol/pushes.ts';
import { TestPresence } from '../gateway/presence/test-presence.ts';
import { TestCommands } from '../gateway/websocket/test-commands.ts';
import { TestSessions } from '../gateway/websocket/test-sessions.ts';
import { encodeLine } from '../support/encoded-lines.ts';
import { ModelLeader } from './model-leader.ts';
import { ModelTab } from './model-tab.ts';
import type { Delays, Member } from './slow-bus.ts';
import { Log, type ModelPresence, Rows, type Schedule, THOUSANDS } from './world.ts';

const USERS = ['ann', 'bob'];
/** Who comes online and goes: so many that most do so once, and whatever of it gets lost is missing in the end. */
const PEOPLE = Array.from({ length: 20 }, (_, index) => `person-${index}`);
/** Of these one watches some people, and the others hear of everybody. */
const TABS = 4;
const WATCHING = 2;
const WATCHED = PEOPLE.slice(0, 12);
const GATEWAYS = 2;
/** The gateways and some processes that lead, or have led. */
const MEMBERS = GATEWAYS + 3;

const below = (count: number) => fc.nat({ max: count - 1 });
const user = fc.constantFrom(...USERS);
const audience: fc.Arbitrary<Audience> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ users: fc.uniqueArray(user, { minLength: 1, maxLength: 2 }) }) },
  { weight: 8, arbitrary: fc.record({ everyoneBut: fc.subarray(USERS) }) },
  { weight: 1, arbitrary: fc.record({ everyoneBut: fc.subarray([...USERS, THOUSANDS]) }) },
);
const presence: fc.Arbitrary<ModelPresence | null> = fc.option(
  fc.record({ person: fc.constantFrom(...PEOPLE), isOnline: fc.boolean() }),
  { freq: 9 },
);
type Action =
  | {
      readonly type: 'append';
      readonly audiences: readonly Audience[];
      readonly presence: ModelPresence | null;
    }
  | {
      readonly type: 'disconnect' | 'reconnect';
      readonly tab: number;
      /** Frames that the server has sent and that do not arrive any more. */
      readonly lost: number;
      readonly gateway: number;
    }
  /** Another process takes over; the one that leads does not hear of it for a while. */
  | { readonly type: 'change leaders' | 'freeze leader' | 'thaw leaders' | 'kill leader' }
  | { readonly type: 'break' | 'mend'; readonly member: number }
  | { readonly type: 'forget'; readonly writes: number };

const ofTab = (type: 'disconnect' | 'reconnect') =>
  fc.record({ type: fc.constant(type), tab: below(TABS), gateway: below(GATEWAYS), lost: below(3) });
const ofLeader = (type: 'change leaders' | 'freeze leader' | 'thaw leaders' | 'kill leader') =>
  fc.constant({ type });
const ofMember = (type: 'break' | 'mend') => fc.record({ type: fc.constant(type), member: below(MEMBERS) });

const append: fc.Arbitrary<Action> = fc.record({
  type: fc.constant('append' as const),
  audiences: fc.array(audience, { minLength: 1, maxLength: 2 }),
  presence,
});

/** What happens in a history, at any time. */
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 8, arbitrary: append },
  { weight: 1, arbitrary: ofTab('disconnect') },
  { weight: 5, arbitrary: ofTab('reconnect') },
  { weight: 4, arbitrary: ofLeader('change leaders') },
  { weight: 3, arbitrary: ofLeader('freeze leader') },
  { weight: 3, arbitrary: ofLeader('thaw leaders') },
  { weight: 3, arbitrary: ofLeader('kill leader') },
  { weight: 1, arbitrary: ofMember('break') },
  { weight: 2, arbitrary: ofMember('mend') },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('forget' as const), writes: below(3) }) },
);

/** What is dangerous in a row is rare by chance: a change of leaders while one has published and not written, and tabs come. */
const changeOfLeaders: fc.Arbitrary<Action[]> = fc
  .tuple(
    append,
    fc.constantFrom('freeze leader', 'kill leader', 'change leaders'),
    fc.array(append, { maxLength: 2 }),
    fc.array(ofTab('reconnect'), { maxLength: 2 }),
    fc.array(fc.oneof(append, ofLeader('thaw leaders'), ofTab('reconnect')), { maxLength: 4 }),
  )
  .map(([first, end, appended, coming, then]): Action[] => [
    first,
    { type: end },
    ...appended,
    { type: 'change leaders' },
    ...coming,
    ...then,
  ]);

/** What happens, and how slow everything is meanwhile, in steps of the schedule. */
export interface History {
  readonly actions: readonly Action[];
  readonly leaders: Delays;
  readonly gateways: Delays;
  readonly writes: number;
  /** Between two actions. */
  readonly pace: number;
  /** How late a leader hears that it was replaced. */
  readonly replaced: number;
}

const delay = fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 8 }));
const delays = fc.record({ sends: delay, gets: delay });

export const anyHistory = (maxLength: number): fc.Arbitrary<History> =>
  fc.record({
    actions: fc
      .array(
        fc.oneof({ weight: 5, arbitrary: fc.tuple(action) }, { weight: 1, arbitrary: changeOfLeaders }),
        {
          minLength: 5,
          maxLength,
          size: 'max',
        },
      )
      .map((parts) => parts.flat()),
    leaders: delays,
    gateways: delays,
    writes: delay,
    pace: fc.integer({ min: 1, max: 30 }),
    replaced: fc.nat({ max: 60 }),
  });

/** Where a history happens. */
export interface Place {
  readonly schedule: Schedule;
  /** Another process at the same bus. */
  connect(name: string, delays: Delays): Promise<Member>;
  /** Lets one thing happen that waits for its turn, or some time pass. */
  proceed(): Promise<void>;
}

interface Process {
  readonly member: Member;
  leader: ModelLeader | null;
}

/** More than any history takes from its last action until all is quiet. */
const MOST_STEPS = 60_000;

/**
 * Tabs, gateways and leaders under these actions, which come whenever the schedule lets them; then everything is mended. Throws
 * when a tab sees anything but what the log holds for its user, in order and once, or never gets all of it.
 */
export async function live(history: History, { schedule, connect, proceed }: Place): Promise<void> {
  const log = new Log();
  const rows = new Rows(log, schedule, history.writes);
  const tabs = Array.from(
    { length: TABS },
    (_, index) => new ModelTab(USERS[index % USERS.length] ?? '', log, index === WATCHING ? WATCHED : null),
  );
  const processes: Process[] = [];
  const gateways: { readonly member: Member; readonly gateway: WebSocketGateway }[] = [];
  const at = (index: number): WebSocketGateway => {
    const chosen = gateways[index % gateways.length];
    if (!chosen) throw new Error('no gateway');
    return chosen.gateway;
  };
  let leading: ModelLeader | null = null;
  let started = 0;

  /** The leader before goes on until it hears of it. */
  async function lead(): Promise<void> {
    const name = `leader ${started}`;
    let process = processes.find(({ leader }) => leader === null);
    if (!process) {
      started += 1;
      process = { member: await connect(name, history.leaders), leader: null };
      processes.push(process);
    }
    const { member } = process;
    const leader = new ModelLeader({
      bus: member.bus,
      log,
      rows,
      schedule,
      name,
      batchSize: 2,
      hearsLate: history.replaced,
    });
    leading = leader;
    process.leader = leader;
    const ended = process;
    void leader.lead().finally(() => {
      if (leading === leader) leading = null;
      ended.leader = null;
    });
  }

  function kill(): void {
    const process = processes.find(({ leader }) => leader === leading);
    if (!process || !leading) return;
    leading.kill();
    leading = null;
    process.member.kill();
    processes.splice(processes.indexOf(process), 1);
  }

  async function take(step: Action): Promise<void> {
    switch (step.type) {
      case 'append':
        return log.append(step.audiences, step.presence);
      case 'disconnect':
        return tabs[step.tab]?.disconnect(step.lost);
      case 'reconnect': {
        tabs[step.tab]?.disconnect(step.lost);
        return tabs[step.tab]?.connect(at(step.gateway));
      }
      case 'change leaders':
        return lead();
      case 'freeze leader':
        return leading?.freeze();
      case 'thaw leaders': {
        for (const { leader } of processes) leader?.thaw();
        return;
      }
      case 'kill leader':
        return kill();
      case 'break':
        return members()[step.member]?.break();
      case 'mend':
        return members()[step.member]?.mend();
      case 'forget': {
        rows.forget(step.writes);
        for (const { leader } of processes) void leader?.disconnect();
        return;
      }
      default:
        step satisfies never;
    }
  }

  const members = () => [...gateways, ...processes].map(({ member }) => member);

  async function happen(): Promise<void> {
    for (let index = 0; index < GATEWAYS; index += 1) gateways.push(await startGateway(`gateway ${index}`));
    await lead();
    for (const [index, tab] of tabs.entries()) tab.connect(at(index));
    for (const step of history.actions) {
      for (let passed = 0; passed < history.pace; passed += 1) await schedule(JSON.stringify(step));
      await take(step);
    }
    for (const member of members()) member.mend();
    for (const { leader } of processes) leader?.thaw();
  }

  async function startGateway(name: string) {
    const member = await connect(name, history.gateways);
    const { bus } = member;
    const logger = pino({ level: 'silent' });
    const sessions = new TestSessions();
    const inAYear = new Date(Date.now() + 31_536_000_000);
    for (const username of USERS) sessions.start(username, username, inAYear);
    const projected = await followProjectedPosition({ bus, readModels: rows, timeoutMs: 500, logger });
    const gateway = createWebSocketGateway({
      sessions,
      sendCommands: new TestCommands().send,
      readModels: {
        missed: rows.missed,
        presenceSince: rows.presenceSince,
        presenceOf: rows.presenceOf,
        typingTarget: () => Promise.reject(new Error('nobody types')),
      },
      leader: new Leader(bus, logger),
      projected,
      presence: new TestPresence(),
      bus,
      allowsOrigin: () => true,
      clientAddressOf: () => '127.0.0.1',
      encodeText: encodeLine,
      configuration: CONFIGURATION,
      logger,
      registry: new Registry(),
      clock: () => new Date(),
      newId: randomUUID,
    });
    return { member, gateway };
  }

  const trouble = () => tabs.find((tab) => tab.trouble !== null)?.trouble;
  const told = () => tabs.map((tab) => tab.describe()).join('\n');
  let hasHappened = false;
  let failure: unknown;
  happen().then(
    () => {
      hasHappened = true;
    },
    (error) => {
      failure = error;
    },
  );
  let steps = 0;
  const isQuiet = () => hasHappened && tabs.every((tab) => tab.isUpToDate);
  while (!isQuiet()) {
    await proceed();
    if (failure) throw failure;
    const wrong = trouble();
    if (wrong) throw new Error(wrong);
    steps += 1;
    if (steps > MOST_STEPS) throw new Error(`it never gets quiet:\n${told()}`);
    if (!hasHappened) continue;
    if (processes.every(({ leader }) => leader === null)) await lead();
    for (const tab of tabs) if (!tab.isConnected) tab.connect(at(0));
  }
  for (const { leader } of processes) leader?.kill();
  for (const tab of tabs) tab.disconnect(0);
}

const CONFIGURATION = {
  FRAME_LIMIT_PER_S: 1000,
  PENDING_SOCKETS_PER_ADDRESS: 1000,
  SOCKETS_PER_USER: 1000,
  RESUMES_PER_USER_PER_S: 100_000,
  PENDING_FRAMES_LIMIT: 1000,
  RESUME_LIMIT: 100_000,
  // A tab is never told to reload because it took too long.
  CATCH_UP_TIMEOUT_MS: 1_000_000_000,
  SLOW_CONSUMER_BYTES: 1024 * 1024,
  COMMAND_TIMEOUT_MS: 2000,
  PING_INTERVAL_S: 25,
};
