import { connectionSteps, type Step } from './connection-steps.ts';
import { messageSteps } from './message-steps.ts';
import { sessionSteps } from './session-steps.ts';

/** What holds in Node and in a browser alike. */
export const STEPS: ReadonlyMap<string, Step> = new Map([
  ...connectionSteps,
  ...messageSteps,
  ...sessionSteps,
]);
