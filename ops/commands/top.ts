import { type Command, Option } from 'commander';
import { readConfiguration } from '../../platform/configuration/read-configuration.ts';
import { pause } from '../../platform/pause.ts';
import { FIGURES, type FigureName, type Glance, glanceAt, inWords } from '../../platform/service/glance.ts';
import type { Samples } from '../../platform/service/metric-samples.ts';
import { opsConfiguration } from '../configuration.ts';
import { EXIT } from '../exit-codes.ts';
import { findProcesses, lookAt, type OpsLook } from '../ops-ports.ts';
import type { Output } from '../output.ts';
import { running } from '../run-command.ts';

const EVERY_MS = 1000;

/** In the order of the columns. */
const SHOWN: Readonly<Partial<Record<FigureName, string>>> = {
  sockets: 'Sockets',
  commands: 'Commands',
  commandP50: 'p50',
  commandP99: 'p99',
  requests: 'Requests',
  pushes: 'Pushes',
  behind: 'Behind',
  lagEvents: 'Lag',
  parked: 'Parked',
  waiting: 'Waiting',
  loopP99: 'Loop p99',
  memory: 'Memory',
};

/** Of one process at one moment. */
interface Reading {
  readonly name: string;
  readonly url: string;
  readonly state: OpsLook['state'];
  readonly reasons: OpsLook['reasons'];
  readonly version: string | null;
  /** null: it is away. */
  readonly figures: Glance | null;
}

interface TopOptions {
  readonly once?: boolean;
}

const clearScreen = '\u001b[H\u001b[2J';

export function top(program: Command): void {
  program
    .command('top')
    .description('rates, lag, sockets and latencies of all processes, each second, until q or Ctrl-C')
    .addOption(new Option('--once', 'once, over one second'))
    .action(
      running(async ({ output, signal }, { once }: TopOptions) => {
        const { OPS_URLS } = readConfiguration(opsConfiguration, process.env);
        const quit = new AbortController();
        const until = AbortSignal.any([signal, quit.signal]);
        const letGo = once ? () => {} : onKey('q', () => quit.abort());
        const isLive = !once && !output.isJson && process.stdout.isTTY;
        try {
          let earlier = await read(OPS_URLS, new Map());
          do {
            await pause(EVERY_MS, until);
            if (until.aborted) break;
            earlier = await read(OPS_URLS, earlier.samples);
            if (isLive) process.stdout.write(clearScreen);
            show(output, earlier.readings);
          } while (!once);
        } finally {
          letGo();
        }
        return EXIT.done;
      }),
    );
}

/** Who is there is asked anew each time: processes come and go. */
async function read(urls: readonly string[], before: ReadonlyMap<string, Samples>) {
  const looks = await Promise.all((await findProcesses(urls)).map(lookAt));
  const samples = new Map<string, Samples>();
  const readings = looks.map(({ samples: now, clock: _, ...look }): Reading => {
    if (now) samples.set(look.url, now);
    const version = now?.byName.get('rally_build_info')?.[0]?.labels.version ?? null;
    return { ...look, version, figures: now && glanceAt(before.get(look.url) ?? now, now) };
  });
  return { readings, samples };
}

/** With `--json` one line for each look. */
function show(output: Output, readings: readonly Reading[]): void {
  if (output.isJson) {
    process.stdout.write(`${JSON.stringify({ processes: readings })}\n`);
    return;
  }
  const names = (Object.keys(SHOWN) as FigureName[]).slice(0, figuresThatFit(process.stdout.columns));
  const shown = Object.fromEntries(names.map((name) => [name, SHOWN[name] ?? name]));
  output.table(
    { name: 'Process', state: 'State', version: 'Version', ...shown },
    readings.map(({ name, state, version, figures }) => ({
      name,
      state,
      version,
      ...Object.fromEntries(
        names.map((figure) => [figure, inWords(figures?.[figure] ?? null, FIGURES[figure].unit)]),
      ),
    })),
  );
  for (const { name, reasons } of readings)
    for (const [part, reason] of Object.entries(reasons)) output.line(`${name}, ${part}: ${reason}`);
}

/** Of a terminal with so many columns; a file takes all. */
const figuresThatFit = (columns: number | undefined): number | undefined =>
  columns && Math.max(1, Math.floor((columns - COLUMNS_OF_NAMES) / COLUMNS_OF_A_FIGURE));

const COLUMNS_OF_NAMES = 42;
const COLUMNS_OF_A_FIGURE = 11;

/** At a terminal, where keys come one by one; Ctrl-C stays what it is. Gives back what lets go of it. */
function onKey(key: string, then: () => void): () => void {
  const { stdin } = process;
  if (!stdin.isTTY) return () => {};
  const listen = (typed: Buffer) => {
    if (typed.includes(3)) process.kill(process.pid, 'SIGINT');
    if (typed.toString() === key) then();
  };
  stdin.setRawMode(true).on('data', listen);
  return () => {
    stdin.setRawMode(false).off('data', listen).pause();
  };
}
