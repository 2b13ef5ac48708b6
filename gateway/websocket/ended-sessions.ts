import type { CloseCodeName } from '../../protocol/close-codes.ts';

/** Longer than any authentication takes. */
const REMEMBERED_MS = 30_000;

/**
 * Sessions that ended lately. A tab that is being authenticated cannot be found by its session yet: without this
 * memory, a logout at that moment would pass it by.
 */
export class EndedSessions {
  readonly #byId = new Map<string, { readonly how: CloseCodeName; readonly at: number }>();

  add(sessionId: string, how: CloseCodeName, now: number): void {
    this.#byId.set(sessionId, { how, at: now });
  }

  get(sessionId: string): CloseCodeName | undefined {
    return this.#byId.get(sessionId)?.how;
  }

  forgetOld(now: number): void {
    for (const [sessionId, { at }] of this.#byId) {
      if (now - at < REMEMBERED_MS) return;
      this.#byId.delete(sessionId);
    }
  }
}
