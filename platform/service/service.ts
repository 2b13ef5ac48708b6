/** A part of Rally that runs: started by its `start…` function, which resolves once it is ready to work. */
export interface Service {
  readonly name: string;
  /** null when it can do its work; else why it cannot, in a few words for an operator. */
  notReady(): Promise<string | null>;
  /** Takes no new work, finishes what is under way, releases what it holds. Never rejects. */
  stop(): Promise<void>;
}
