import { randomInt } from 'node:crypto';

/** Between two lives of one log they must differ, and cursors carry it: ten digits at most. */
export const newLogIdentity = (): string => String(randomInt(1, 2 ** 32));
