import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SessionLog } from '../../../gateway/presence/session-log.ts';
import { GATHER_MS } from '../../../gateway/presence/telling-pace.ts';
import { COMMANDS_LIMIT, GATEWAY } from '../../../protocol/commands.ts';
import { ACCEPTED, CommandScript, UNAVAILABLE } from './command-script.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Longer than any waiting after a failure. */
const A_WHILE_MS = 5000;

function createLog() {
  const commands = new CommandScript();
  const state = { isAnsweredFor: true };
  const ids = { given: 0 };
  const log = new SessionLog({
    sendCommands: commands.send,
    isAnsweredFor: () => state.isAnsweredFor,
    graceMs: 3000,
    newId() {
      ids.given += 1;
      return `id-${ids.given}`;
    },
  });
  const open = (sessionId: string, username = 'ann', replaces?: string) =>
    log.open({
      username,
      sessionId,
      gatewayId: 'gateway',
      loginId: `login of ${username}`,
      ...(replaces !== undefined && { replaces }),
    });
  const openAndTell = async (sessionId: string, username = 'ann') => {
    open(sessionId, username);
    commands.at(-1).acceptAll();
    await settle();
  };
  return { log, commands, state, open, openAndTell };
}

const settle = () => vi.advanceTimersByTimeAsync(GATHER_MS);

describe('the session log', () => {
  it('tells that a session was opened and dropped, each when the one before was answered', async () => {
    const { log, commands, open } = createLog();
    open('1');
    log.drop('1', 'closed');
    expect(commands.told).toEqual(['open 1 of ann']);
    expect([log.size, log.untold]).toEqual([0, 2]);
    commands.at(0).acceptAll();
    await settle();
    expect(commands.told).toEqual(['open 1 of ann', 'drop 1 of ann: closed in a while']);
    commands.at(1).acceptAll();
    await settle();
    expect(log.untold).toBe(0);
    expect(commands.requests.map(({ actor }) => actor)).toEqual([GATEWAY, GATEWAY]);
    await vi.advanceTimersByTimeAsync(A_WHILE_MS);
    expect(commands.requests).toHaveLength(2);
  });

  it.each(['logout', 'expired'] as const)('leaves no time after an end by %s', async (reason) => {
    const { log, commands, openAndTell } = createLog();
    await openAndTell('1');
    log.drop('1', reason);
    expect(commands.told.at(-1)).toBe(`drop 1 of ann: ${reason}`);
  });

  it('drops a session once, and none that it does not know', async () => {
    const { log, commands, openAndTell } = createLog();
    await openAndTell('1');
    log.drop('1', 'closed');
    log.drop('1', 'logout');
    log.drop('2', 'closed');
    commands.at(-1).acceptAll();
    await vi.advanceTimersByTimeAsync(A_WHILE_MS);
    expect(commands.told).toEqual(['open 1 of ann', 'drop 1 of ann: closed in a while']);
  });

  it('never mentions a session that ended before anything was said of it', async () => {
    const { log, commands, open } = createLog();
    open('1');
    open('2');
    log.drop('2', 'closed');
    expect(log.untold).toBe(1);
    commands.at(0).acceptAll();
    await vi.advanceTimersByTimeAsync(A_WHILE_MS);
    expect(commands.told).toEqual(['open 1 of ann']);
    expect(log.untold).toBe(0);
  });

  it('tells again what was not answered, by the same command', async () => {
    const { log, commands, open } = createLog();
    open('1');
    for (let failures = 0; failures < 3; failures += 1) {
      commands.at(-1).answer(UNAVAILABLE);
      await vi.advanceTimersByTimeAsync(A_WHILE_MS);
    }
    commands.at(-1).acceptAll();
    await settle();
    expect(log.untold).toBe(0);
    expect(commands.told).toEqual(Array.from({ length: 4 }, () => 'open 1 of ann'));
    const ids = commands.requests.flatMap((request) => request.commands.map(({ commandId }) => commandId));
    expect(new Set(ids).size).toBe(1);
    expect(commands.at(-1).commands).toEqual(commands.at(0).commands);
  });

  it('opens again, before it drops, a session whose opening may still be on its way', async () => {
    const { log, commands, open } = createLog();
    open('1');
    log.drop('1', 'logout');
    commands.at(0).answer(UNAVAILABLE);
    await vi.advanceTimersByTimeAsync(A_WHILE_MS);
    commands.at(1).acceptAll();
    await settle();
    expect(commands.told).toEqual(['open 1 of ann', 'open 1 of ann', 'drop 1 of ann: logout']);
    expect(commands.at(1).commands[0]?.commandId).toBe(commands.at(0).commands[0]?.commandId);
  });

  it('tells one thing of a user at a time, and of others meanwhile', async () => {
    const { log, commands, open } = createLog();
    open('1');
    open('2');
    open('3', 'bob');
    log.drop('1', 'closed');
    open('4', 'cid');
    await settle();
    expect(commands.told).toEqual(['open 1 of ann', 'open 3 of bob', 'open 4 of cid']);
    commands.at(1).acceptAll();
    await settle();
    expect(commands.told).toHaveLength(3);
    commands.at(0).acceptAll();
    await settle();
    commands.at(-1).acceptAll();
    await settle();
    expect(commands.told.slice(3)).toEqual(['open 2 of ann', 'drop 1 of ann: closed in a while']);
  });

  it('tells what comes after a quiet moment at once, and what comes right after it together', async () => {
    const { log, commands, open } = createLog();
    for (let user = 0; user < 1 + COMMANDS_LIMIT + 8; user += 1) open(`${user}`, `user-${user}`);
    const sizes = () => commands.requests.map(({ told }) => told.length);
    expect(sizes()).toEqual([1]);
    commands.at(0).acceptAll();
    await vi.advanceTimersByTimeAsync(GATHER_MS - 1);
    expect(sizes()).toEqual([1]);
    await settle();
    expect(sizes()).toEqual([1, COMMANDS_LIMIT, 8]);
    for (const request of commands.requests.slice(1)) request.acceptAll();
    await settle();
    expect(log.untold).toBe(0);
    open('late', 'late');
    expect(sizes()).toEqual([1, COMMANDS_LIMIT, 8, 1]);
  });

  it('gathers no more than may be told at once', async () => {
    const { log, commands, open } = createLog();
    const most = 4 * COMMANDS_LIMIT;
    for (let user = 0; user < 1 + most; user += 1) open(`${user}`, `user-${user}`);
    const sizes = () => commands.requests.map(({ told }) => told.length);
    expect(sizes()).toEqual([1, COMMANDS_LIMIT, COMMANDS_LIMIT, COMMANDS_LIMIT]);
    for (const request of commands.requests) request.acceptAll();
    await settle();
    commands.at(-1).acceptAll();
    await settle();
    expect(sizes().slice(4)).toEqual([COMMANDS_LIMIT]);
    expect(log.untold).toBe(0);
  });

  it('keeps nobody waiting for a user whose commands are not answered', async () => {
    const { commands, open } = createLog();
    open('0', 'user-0');
    await settle();
    open('1', 'ann');
    open('5', 'dan');
    open('6', 'eve');
    commands.at(0).acceptAll();
    await settle();
    commands.at(2).answer(UNAVAILABLE, ACCEPTED);
    await vi.advanceTimersByTimeAsync(0);
    open('7', 'fay');
    await vi.advanceTimersByTimeAsync(A_WHILE_MS);
    expect(commands.told.slice(2).toSorted()).toEqual([
      'open 5 of dan',
      'open 5 of dan',
      'open 6 of eve',
      'open 7 of fay',
    ]);
  });

  it('asks a command service that does not answer by one command at a time, ever less often, and then tells all', async () => {
    const { log, commands, open } = createLog();
    commands.always = UNAVAILABLE;
    for (let user = 0; user < 500; user += 1) open(`${user}`, `user-${user}`);
    await settle();
    const before = commands.requests.length;
    await vi.advanceTimersByTimeAsync(600_000);
    const asked = commands.requests.slice(before);
    expect(asked.every(({ told }) => told.length === 1)).toBe(true);
    // Between one and three seconds apart, but for the first ones.
    expect(asked.length).toBeGreaterThan(200);
    expect(asked.length).toBeLessThan(610);
    commands.always = ACCEPTED;
    await vi.advanceTimersByTimeAsync(A_WHILE_MS);
    expect([log.untold, log.size]).toEqual([0, 500]);
    expect(new Set(commands.told).size).toBe(500);
  });

  it('keeps next to nothing of tabs that come and go while nobody answers', async () => {
    const { log, commands, open } = createLog();
    commands.always = UNAVAILABLE;
    for (let tab = 0; tab < 6000; tab += 1) {
      open(`${tab}`, `user-${tab}`);
      await vi.advanceTimersByTimeAsync(10);
      log.drop(`${tab}`, 'closed');
    }
    expect(log.size).toBe(0);
    // Of a minute: two changes of each that was asked for.
    expect(log.untold).toBeLessThan(200);
    commands.always = ACCEPTED;
    await vi.advanceTimersByTimeAsync(A_WHILE_MS);
    expect(log.untold).toBe(0);
  });
});

describe('a session that another one replaces', () => {
  it('is dropped when the other one is open, not before', async () => {
    const { log, commands, open, openAndTell } = createLog();
    await openAndTell('1');
    open('2', 'ann', '1');
    commands.at(-1).answer(UNAVAILABLE);
    await vi.advanceTimersByTimeAsync(A_WHILE_MS);
    expect(commands.told.slice(1)).toEqual(['open 2 of ann', 'open 2 of ann']);
    commands.at(-1).acceptAll();
    await settle();
    expect(commands.told.at(-1)).toBe('drop 1 of ann: replaced in a while');
    expect(log.size).toBe(1);
  });

  it('is dropped also when the other one ends before it is open', async () => {
    const { log, commands, open, openAndTell } = createLog();
    await openAndTell('1');
    open('2', 'ann', '1');
    log.drop('2', 'logout');
    commands.at(-1).acceptAll();
    await settle();
    commands.at(-1).acceptAll();
    await settle();
    commands.at(-1).acceptAll();
    await settle();
    expect(commands.told.slice(1)).toEqual([
      'open 2 of ann',
      'drop 1 of ann: logout',
      'drop 2 of ann: logout',
    ]);
    expect([log.untold, log.size]).toEqual([0, 0]);
  });

  it('is dropped alone when nothing was said of the other one', async () => {
    const { log, commands, state, open, openAndTell } = createLog();
    await openAndTell('1');
    state.isAnsweredFor = false;
    open('2', 'ann', '1');
    log.drop('2', 'closed');
    commands.always = ACCEPTED;
    log.resume();
    await settle();
    expect(commands.told.slice(1)).toEqual(['drop 1 of ann: closed in a while']);
    expect([log.untold, log.size]).toEqual([0, 0]);
  });
});

describe('a gateway that is not answered for', () => {
  it('opens nothing until it is, and drops all the same', async () => {
    const { log, commands, state, open, openAndTell } = createLog();
    await openAndTell('1', 'bob');
    state.isAnsweredFor = false;
    open('2');
    log.drop('1', 'closed');
    await vi.advanceTimersByTimeAsync(A_WHILE_MS);
    expect(commands.told.slice(1)).toEqual(['drop 1 of bob: closed in a while']);
    state.isAnsweredFor = true;
    log.resume();
    expect(commands.told.at(-1)).toBe('open 2 of ann');
  });

  it('forgets all when others drop it, also what is under way', async () => {
    const { log, commands, open, openAndTell } = createLog();
    await openAndTell('1');
    open('2');
    open('3');
    log.forget();
    log.drop('1', 'closed');
    log.drop('2', 'closed');
    open('4');
    commands.at(1).acceptAll();
    await settle();
    expect([log.size, log.untold]).toEqual([1, 1]);
    commands.at(-1).acceptAll();
    await vi.advanceTimersByTimeAsync(A_WHILE_MS);
    expect(commands.told).toEqual(['open 1 of ann', 'open 2 of ann', 'open 4 of ann']);
    expect([log.size, log.untold]).toEqual([1, 0]);
  });

  it.each([UNAVAILABLE, ACCEPTED])('sends nothing again that was under way when it forgot', async (reply) => {
    const { log, commands, open } = createLog();
    open('1');
    log.forget();
    commands.at(0).answer(reply);
    await vi.advanceTimersByTimeAsync(A_WHILE_MS);
    expect([commands.requests.length, log.untold]).toEqual([1, 0]);
  });
});

describe('what was to be asked for again', () => {
  it('is not, when others drop it', async () => {
    const { log, commands, open } = createLog();
    open('1');
    commands.at(0).answer(UNAVAILABLE);
    await vi.advanceTimersByTimeAsync(0);
    log.forget();
    await vi.advanceTimersByTimeAsync(A_WHILE_MS);
    expect([commands.requests.length, log.untold]).toEqual([1, 0]);
  });
});

describe('whoever waits until all is told', () => {
  it('is told so', async () => {
    const { log, commands, openAndTell } = createLog();
    await openAndTell('1');
    expect(await log.settle(100)).toBe(true);
    log.drop('1', 'drained');
    const settled = log.settle(100);
    commands.at(-1).acceptAll();
    expect(await settled).toBe(true);
  });

  it('is told when it takes too long', async () => {
    const { log, openAndTell } = createLog();
    await openAndTell('1');
    log.drop('1', 'drained');
    const settled = log.settle(100);
    await vi.advanceTimersByTimeAsync(100);
    expect(await settled).toBe(false);
  });
});
