import { isAfter, isOfSameLog } from '../places.ts';

/** The newest place in the log that this tab knows of: what it reads has to hold at least that. Empty: none. */
export class SeenPlace {
  newest = '';
  /** Of the newest cursor; positions do not say whose they are. */
  #cursor = '';

  see(position: string): void {
    if (isAfter(position, this.newest)) this.newest = position;
  }

  /** Of another log than those before: what was seen there is nowhere any more. */
  seeCursor(cursor: string): void {
    if (!isOfSameLog(cursor, this.#cursor)) this.newest = '';
    this.#cursor = cursor;
    this.see(cursor);
  }

  forget(place: string): void {
    if (this.newest === place) this.newest = '';
  }
}
