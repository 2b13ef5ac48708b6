import { z } from 'zod';
import type { Crowd } from '../load-generator/crowd.ts';
import type { DialectName } from '../load-generator/dialects/dialects.ts';
import type { Cleanup } from '../processes/cleanup.ts';

export const systemName = z.enum([
  'rally',
  'rally distributed',
  'limit loop',
  'socket.io peer',
  'rally on EventStoreDB',
  'limit on EventStoreDB',
]);

export type SystemName = z.infer<typeof systemName>;

/** A running system. */
export interface SystemUnderTest {
  readonly name: SystemName;
  readonly dialect: DialectName;
  /** As in `http://127.0.0.1:8080`; another one after each start. */
  readonly address: string;
  /** Whether it promises that all tabs of a chat see its messages in one order, and each sender's in theirs. */
  readonly keepsOrder: boolean;
  /** All of it, its PostgreSQL too, is this process and those below it. */
  readonly pid: number;
  /** Makes whatever these users need to talk. */
  crowd(size: CrowdSize): Promise<Crowd>;
  stop(): Promise<void>;
}

export interface CrowdSize {
  readonly pairs: number;
  readonly tabsPerUser: number;
}

export interface Launch {
  /** For its data: empty, or a former launch's; the caller's to remove. */
  readonly directory: string;
  /** Stops it at the latest. */
  readonly cleanup: Cleanup;
  /** As in `EntryOptions`. */
  readonly build?: URL;
  /** For its Node. */
  readonly flags?: readonly string[];
}

/** Resolves when it can be connected to. */
export type StartSystem = (launch: Launch) => Promise<SystemUnderTest>;
