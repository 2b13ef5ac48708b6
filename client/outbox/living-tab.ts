import type { Environment } from '../environment.ts';

/** Tells the browser's other tabs that this one lives: by a lock that ends with it, however it ends. */
export class LivingTab {
  readonly id: string;
  readonly #locks: Environment['locks'];
  #release: (() => void) | null = null;

  constructor({ newId, locks }: Pick<Environment, 'newId' | 'locks'>) {
    this.id = newId();
    this.#locks = locks;
  }

  begin(): void {
    const ended = new Promise<void>((resolve) => {
      this.#release = resolve;
    });
    this.#locks?.request(PREFIX + this.id, {}, () => ended).catch(() => {});
  }

  end(): void {
    this.#release?.();
  }

  /**
   * `adopt` is told of which tabs live, and no other tab is at the same time. Without locks, all others may be dead: what is
   * taken from one that lives does no harm, but is done only when the tab begins.
   */
  async whileAlone(adopt: (isAlive: (tab: string) => boolean) => void): Promise<void> {
    const locks = this.#locks;
    await locks?.request('rally-outbox', { ifAvailable: true }, async (lock) => {
      if (!lock) return;
      const held = await locks.heldNames();
      adopt((tab) => tab === this.id || held.includes(PREFIX + tab));
    });
  }
}

const PREFIX = 'rally-tab.';
