import { z } from 'zod';
import { actionFrames } from './action-frames.ts';
import type { Dialect } from './dialect.ts';
import { socketIo } from './socket-io.ts';

export const dialectName = z.enum(['action-frames', 'socket-io']);

export type DialectName = z.infer<typeof dialectName>;

export const dialects: Readonly<Record<DialectName, Dialect>> = {
  'action-frames': actionFrames,
  'socket-io': socketIo,
};
