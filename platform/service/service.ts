/** A part of Rally that runs: started by its `start…` function, which resolves once it is ready to work. */
export interface Service {
  readonly name: string;
  /** null when it can do its work; else why it cannot, in a few words for an operator. */
  notReady(): Promise<string | null>;
  /** Of one that does its work: what is wrong all the same and wants an operator, in a few words; null, as where it is missing: nothing. */
  degraded?(): Promise<string | null>;
  /** Takes no new work, finishes what is under way, releases what it holds. Never rejects. */
  stop(): Promise<void>;
}

/** The parts that run in this process, in the order in which they were started. */
export class Parts {
  readonly #running: Service[] = [];
  readonly #stopping = new AbortController();

  get running(): readonly Service[] {
    return this.#running;
  }

  /** Aborts with `Stopping` when the process is asked to end: what waits while it starts can give up. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Rejects with `Stopping`, the part stopped again, when the process was asked to end meanwhile. */
  async add<Part extends Service>(starting: Promise<Part>): Promise<Part> {
    const part = await starting;
    if (this.stopping.aborted) {
      await part.stop();
      throw this.stopping.reason;
    }
    this.#running.push(part);
    return part;
  }

  /** Something that is not a service of its own but has to be let go of in its turn. */
  onStop(name: string, release: () => Promise<void>): void {
    this.#running.push({ name, notReady: async () => null, stop: release });
  }

  /** From now on nothing new starts. */
  refuseMore(): void {
    if (!this.stopping.aborted) this.#stopping.abort(new Stopping('asked to stop while starting'));
  }

  /** The last one started stops first: each may still use what was there before it. */
  async stop(): Promise<void> {
    this.refuseMore();
    for (let part = this.#running.at(-1); part; part = this.#running.at(-1)) {
      await part.stop();
      this.#running.splice(this.#running.indexOf(part), 1);
    }
  }
}

export class Stopping extends Error {
  override readonly name = 'Stopping';
}
