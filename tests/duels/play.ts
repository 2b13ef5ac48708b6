import { judgeAnswer } from './answers.ts';
import type { Schedule } from './any-schedule.ts';
import { Arena } from './arena.ts';
import { Duelists } from './duelists.ts';
import { isAbandoned, isHalfDone, isLive } from './referee.ts';
import type { Conditions } from './stepped-log.ts';

/** By then, what a command leaves to housekeeping is due. */
const SHORT_MS = 3000;

/** By then, whoever was away before has been so for too long. */
const GONE_MS = 62_000;

/** Longer than any invitation, and any game, may last. */
const LONG_MS = 200_000;

/** Throws at the first thing that should not be, with all that had happened. `faults`: the schedule has some. */
export async function play(schedule: Schedule, conditions: Conditions, faults: boolean): Promise<void> {
  const arena = new Arena(conditions);
  try {
    await playIn(arena, schedule, conditions === 'held' && !faults);
    judgeAnswers(arena, faults);
  } catch (error) {
    throw new Error(`${error}, after\n${arena.story}`, { cause: error });
  }
}

/** `unfailing`: whatever is begun comes to its end without housekeeping. */
async function playIn(arena: Arena, { players, moves }: Schedule, unfailing: boolean): Promise<void> {
  const { referee, toDoList } = arena;
  const expectNothingHalfDone = () => {
    const half = referee.picture.duels.find((duel) => isHalfDone(referee.picture, duel));
    if (half) throw new Error(`${half.invitationId} is left half done`);
  };
  const duelists = new Duelists(arena, players);
  await duelists.found();
  for (const move of moves) await duelists.move(move);
  await arena.finish();
  if (unfailing) expectNothingHalfDone();

  arena.wait(SHORT_MS);
  await duelists.settleAll();
  expectNothingHalfDone();
  if (referee.picture.duels.filter(isLive).length !== toDoList.rows.length)
    throw new Error('a duel is on no list');

  arena.wait(GONE_MS);
  await duelists.settleAll();
  if (referee.picture.duels.some((duel) => isAbandoned(referee.picture, duel, arena.now)))
    throw new Error('an invitation is pending whose inviter has gone');

  arena.wait(LONG_MS);
  await duelists.settleAll();
  if (referee.picture.duels.some(isLive) || toDoList.rows.length > 0)
    throw new Error('somebody stays engaged');
}

function judgeAnswers({ asked, log, referee }: Arena, faults: boolean): void {
  for (const one of asked) {
    const isRepeated = asked.some((other) => other !== one && other.commandId === one.commandId);
    judgeAnswer(one, log.events, referee.pictures, isRepeated);
    if (one.reply === 'unavailable' && !faults) throw new Error(`${one.command.type} is answered by nothing`);
  }
}
