import { ConcurrencyLimit, type ConcurrencyLimits } from '../../platform/concurrency-limit.ts';
import type { Client } from './session.ts';

/** How much that anybody may ask for, signed in or not, is under way and waits. */
export interface Lanes {
  readonly signUps: ConcurrencyLimits;
  readonly logins: ConcurrencyLimits;
  readonly renewals: ConcurrencyLimits;
}

/** What waits longer is too late for whoever asked; about so many get their turn by then, so no more need to wait. */
const WAITING = { waiting: 128, maxWaitMs: 2000 };

/**
 * Each is a lane of its own: however many signups there are, a login waits for other logins only, and session look-ups for
 * neither, since all together never fill the queue for a database connection. A lane is fair by the client's address.
 *
 * Two logins hash at once. A signup mostly waits: for its turn to hash, and for the log.
 */
export const LANES: Lanes = {
  signUps: { running: 4, runningPerKey: 2, ...WAITING },
  logins: { running: 2, ...WAITING },
  renewals: { running: 2, ...WAITING },
};

export const openLanes = ({ signUps, logins, renewals }: Lanes): Record<keyof Lanes, ConcurrencyLimit> => ({
  signUps: new ConcurrencyLimit(signUps),
  logins: new ConcurrencyLimit(logins),
  renewals: new ConcurrencyLimit(renewals),
});

/** Rejects with `Overloaded` when the turn does not come in time, and with `Abandoned` when the client has gone by then. */
export const inLane =
  <Request extends { readonly client: Client }, Result>(
    lane: ConcurrencyLimit,
    work: (request: Request) => Promise<Result>,
  ): ((request: Request) => Promise<Result>) =>
  (request) =>
    lane.run(request.client.address, () => work(request), request.client.hasGone);
