import type { Clock } from '../../platform/clock.ts';
import type { CloseCodeName } from '../../protocol/close-codes.ts';
import type { DropReason } from '../../protocol/commands.ts';
import type { Session } from '../accounts/session.ts';
import type { SessionLog } from './session-log.ts';

/** Whatever has ended a tab, in words of its session. */
const REASONS: Readonly<Record<CloseCodeName | 'client', DropReason>> = {
  client: 'closed',
  NORMAL: 'logout',
  CANCELLED: 'drained',
  ILLEGAL_CONNECTION: 'expired',
  SLOW_CONSUMER: 'slow_consumer',
  RATE_LIMITED: 'rate_limited',
  BAD_DATA: 'bad_data',
  // Such tabs have never counted.
  TOO_MANY_SOCKETS: 'closed',
  UNKNOWN_ROUTE: 'closed',
};

interface Counted {
  readonly username: string;
  readonly loginId: string;
  sessionId: string;
  /** By the clock, in milliseconds. */
  openedAt: number;
}

export interface CountedTabsOptions {
  readonly log: Pick<SessionLog, 'open' | 'drop'>;
  readonly gatewayId: () => string;
  /** After so much silence a session does not count any more. */
  readonly limitMs: number;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Which session each tab of this gateway is at present. A tab is known by whatever object stands for it. */
export class CountedTabs {
  readonly #options: CountedTabsOptions;
  readonly #tabs = new Map<object, Counted>();
  readonly #byLogin = new Map<string, Set<Counted>>();

  constructor(options: CountedTabsOptions) {
    this.#options = options;
  }

  join(tab: object, { username, sessionId: loginId }: Session): void {
    const counted = { username, loginId, ...this.#newSession() };
    this.#tabs.set(tab, counted);
    const others = this.#byLogin.get(loginId);
    if (others) others.add(counted);
    else this.#byLogin.set(loginId, new Set([counted]));
    this.#open(counted);
  }

  /** Of one that has not joined, or has left, nothing happens. */
  leave(tab: object, by: CloseCodeName | 'client'): void {
    const counted = this.#tabs.get(tab);
    if (!counted) return;
    this.#tabs.delete(tab);
    const tabs = this.#byLogin.get(counted.loginId);
    if (tabs?.delete(counted) && tabs.size === 0) this.#byLogin.delete(counted.loginId);
    this.#options.log.drop(counted.sessionId, REASONS[by]);
  }

  /** Those of a sign-in that may not count any more become other sessions: none that was dropped is ever opened again. */
  renew(loginId: string): void {
    const { clock, limitMs } = this.#options;
    for (const counted of this.#byLogin.get(loginId) ?? []) {
      if (clock().getTime() - counted.openedAt < limitMs / 2) continue;
      const replaces = counted.sessionId;
      Object.assign(counted, this.#newSession());
      this.#open(counted, replaces);
    }
  }

  #newSession() {
    return { sessionId: this.#options.newId(), openedAt: this.#options.clock().getTime() };
  }

  #open({ username, loginId, sessionId }: Counted, replaces?: string): void {
    const gatewayId = this.#options.gatewayId();
    const session = { username, loginId, sessionId, gatewayId };
    this.#options.log.open(replaces === undefined ? session : { ...session, replaces });
  }
}
