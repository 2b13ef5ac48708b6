import { z } from 'zod';
import { figure } from '../report/figures.ts';
import { machine } from '../report/machine.ts';
import { sectionOf, type Table, terminalOf } from '../report/report-tables.ts';

/** The target of the Makefile. */
export const NAME = 'bench-web';

/** All that one run has found out; what `results/*.json` holds. */
export const webReport = z.object({
  /** ISO 8601. */
  date: z.string(),
  /** As in `benchReport`. */
  commit: z.string(),
  machine,
  durationS: z.number(),
  /** Messages of the chat that is opened. */
  history: z.number(),
  /** From a click on the address to the first message on the screen, nothing cached, in each round. */
  firstMessageMs: z.array(z.number()),
  /** While messages came in an open chat. */
  pouring: z.object({
    perS: z.number(),
    sent: z.number(),
    /** That have stood on the screen. */
    shown: z.number(),
    framesPerS: z.number(),
    /** Between two frames. */
    longestGapMs: z.number(),
  }),
  /** Of the open chat, after a garbage collection: with what it opens with, and after so many more have come. */
  memory: z.object({
    added: z.number(),
    beforeMB: z.number(),
    afterMB: z.number(),
    nodesBefore: z.number(),
    nodesAfter: z.number(),
  }),
});

export type WebReport = z.infer<typeof webReport>;

/** What a person sees at the end. */
export const webTerminal = (report: WebReport): string => terminalOf(tablesOf(report));

/** The figures of one run, as a section of `RESULTS.md`. */
export const webSection = (report: WebReport): string => sectionOf(NAME, report, tablesOf(report));

function tablesOf({ history, firstMessageMs, pouring, memory }: WebReport): Table[] {
  const sorted = firstMessageMs.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return [
    [
      ['the web client, in Chromium', 'measured'],
      [
        [
          `first message of ${figure(history)} on the screen, cold, median of ${sorted.length}, ms`,
          figure(median),
        ],
        ['the slowest of them, ms', figure(sorted.at(-1) ?? 0)],
        [`messages sent into the open chat, ${figure(pouring.perS)}/s`, figure(pouring.sent)],
        ['of them, seen on the screen', figure(pouring.shown)],
        ['frames drawn meanwhile, per s', figure(pouring.framesPerS)],
        ['longest time without a frame, ms', figure(pouring.longestGapMs)],
        ['memory of the page, MB', figure(memory.beforeMB)],
        [`after ${figure(memory.added)} more messages, MB`, figure(memory.afterMB)],
        ['nodes of the document, before and after', `${memory.nodesBefore} · ${memory.nodesAfter}`],
      ],
    ],
  ];
}
