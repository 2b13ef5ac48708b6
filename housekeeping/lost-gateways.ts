import type { Clock } from '../platform/clock.ts';
import type { MemberWatch } from '../platform/liveness/members.ts';
import type { SessionOfGateway } from '../read-models/presence/session-lists.ts';
import type { ReadModels } from '../read-models/read-models.ts';
import type { Chore } from './keep-house.ts';
import { dropping, PRESENCE_PACE } from './presence.ts';
import { pageSize, pagesOf, type ToDoList } from './to-do-list.ts';

export interface LostGatewaysOptions {
  /** Expels gateways that do not say any more that they live. */
  readonly watch: MemberWatch;
  readonly readModels: Pick<ReadModels, 'sessionGateways' | 'sessionsOfGateway'>;
  readonly clock: Clock;
}

/**
 * Gateways that are none any more, and have left sessions behind: they were killed, or were frozen or cut off for too long. A gateway
 * never comes back as the one that it was, so that whatever is listed as its can be dropped, as often as it is listed.
 */
export class LostGateways {
  readonly #options: LostGatewaysOptions;
  /** Since when they are known to be lost, ISO 8601. */
  #lost: ReadonlyMap<string, string> = new Map();

  constructor(options: LostGatewaysOptions) {
    this.#options = options;
  }

  /** Looks who lives. It waits for nothing else: whoever watches has to look often, and no look can be made good. */
  readonly watching: Chore = async ({ election }) => {
    if (!(await election.isElected())) return;
    const { watch, readModels, clock } = this.#options;
    // Before the members: a gateway joins before it opens a session, so that one that is listed and no member has left, or was expelled.
    const { answer: gateways } = await readModels.sessionGateways();
    const members = await watch.look();
    const now = clock().toISOString();
    const lost = gateways.filter((id) => !members.has(id));
    this.#lost = new Map(lost.map((id) => [id, this.#lost.get(id) ?? now]));
  };

  /** Their sessions. */
  get sessions(): ToDoList {
    const { readModels } = this.#options;
    const lost = () => this.#lost;
    return {
      name: 'lost_sessions',
      ...PRESENCE_PACE,
      async *pages() {
        for (const [gatewayId, since] of lost()) {
          const page = { gatewayId, limit: pageSize(PRESENCE_PACE) };
          const find = (after: SessionOfGateway | null) =>
            readModels.sessionsOfGateway({ ...page, after: after?.session_id ?? null });
          for await (const sessions of pagesOf(find))
            yield sessions.map((session) => dropping(session, 'gateway_lost', since));
        }
      },
    };
  }
}
