import { setTimeout as sleep } from 'node:timers/promises';
import { LoadMeasurement } from './load-measurement.ts';
import { runOpenLoop } from './open-loop.ts';
import type { SteadyLoad, SteadyLoadResult } from './steady-load.ts';
import type { TalkingCrowd } from './talking-crowd.ts';
import { preciseNow } from './ticker.ts';

const STARTS_IN_MS = 60;
const LOST_AFTER_SILENT_MS = 10_000;
const LOOK_EVERY_MS = 5;
/** Half a second's messages under way: far more than a hundredth of them are late by more than a rate may be. */
const OVERRUN_S = 0.5;

/** Puts a steady load on the system and waits until everything has arrived, or until nothing more does. */
export async function runSteadyLoad(crowd: TalkingCrowd, load: SteadyLoad): Promise<SteadyLoadResult> {
  const startAt = preciseNow() + STARTS_IN_MS;
  const measurement = new LoadMeasurement(startAt, load);
  const awaitedPerMessage = crowd.awaitedPerMessage;
  const retriesBefore = crowd.retries;
  crowd.book.listener = measurement;
  let sent = 0;
  const complete = await runOpenLoop(startAt, load, {
    send: (dueAt) => {
      crowd.say(Math.floor(Math.random() * crowd.speakers), dueAt);
      measurement.sent(dueAt);
      sent += 1;
    },
    overrun: () => crowd.book.outstanding > load.rate * OVERRUN_S * awaitedPerMessage,
  });
  measurement.sendingEnded();
  await settled(crowd);
  return {
    ...load,
    sent,
    ...measurement.result(),
    overrun: !complete,
    retries: crowd.retries - retriesBefore,
    faults: crowd.book.faults(),
  };
}

async function settled({ book }: TalkingCrowd): Promise<void> {
  let [outstanding, since] = [book.outstanding, preciseNow()];
  while (book.outstanding > 0 && preciseNow() - since < LOST_AFTER_SILENT_MS) {
    await sleep(LOOK_EVERY_MS);
    if (book.outstanding !== outstanding) [outstanding, since] = [book.outstanding, preciseNow()];
  }
}
