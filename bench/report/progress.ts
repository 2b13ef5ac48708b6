import { Presets, SingleBar } from 'cli-progress';

/** How far a run has come, and what it is at; silent where there is no terminal but for the steps' names. */
export class Progress {
  readonly #bar: SingleBar;
  readonly #log: (line: string) => void;

  constructor(steps: number, log: (line: string) => void) {
    this.#bar = new SingleBar(
      {
        format: '{bar} {value}/{total}  {step}  {duration_formatted}',
        hideCursor: true,
        stopOnComplete: false,
      },
      Presets.shades_classic,
    );
    this.#log = log;
    if (process.stderr.isTTY) this.#bar.start(steps, 0, { step: '' });
  }

  /** The next step begins. */
  step(step: string): void {
    if (process.stderr.isTTY) this.#bar.increment(1, { step });
    else this.#log(step);
  }

  stop(): void {
    this.#bar.stop();
  }
}
