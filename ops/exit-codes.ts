/** What a script learns from a command. In the documents: docs/operations/rally.md. */
export const EXIT = {
  /** Done as asked. */
  done: 0,
  /** Not done, or not to its end; one line on standard error says why. */
  failed: 1,
  /** The command line is wrong: nothing was looked at. */
  usage: 2,
  /** Looked, and found something that wants an operator: a difference, an ailment. */
  found: 3,
  /** Somebody else is at it. */
  busy: 4,
  /** Ctrl-C or SIGTERM: can be started again. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with one line for a person. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What an error says, in one line. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message || error.name : String(error)).split('\n', 1)[0] ?? '';
