import type { TabSocket } from './tabs.ts';

/** A message on its way through the limit loop. */
export interface LoopMessage {
  readonly from: TabSocket;
  readonly position: number;
  readonly id: string;
  readonly chatId: string;
  readonly sender: string;
  readonly content: string;
  readonly date: string;
  /** JSON, as it stands in the log. */
  readonly event: string;
}
