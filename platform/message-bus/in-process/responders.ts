import type { Subscription } from '../message-bus.ts';

type Respond = (payload: string) => Promise<string>;

/** One member of a group, and the requests that it has been given and not finished. */
export class Responder {
  readonly #respond: Respond;
  #underWay = 0;
  #onIdle: (() => void)[] = [];

  constructor(respond: Respond) {
    this.#respond = respond;
  }

  /** Calls the handler in a microtask of its own, never on the requester's stack. */
  async handle(payload: string): Promise<string> {
    this.#underWay += 1;
    try {
      await undefined;
      return await this.#respond(payload);
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
    }
  }

  idle(): Promise<void> {
    if (this.#underWay === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }
}

interface Group {
  readonly members: Responder[];
  next: number;
}

/** Who answers which subject. */
export class Responders {
  readonly #groups = new Map<string, Map<string, Group>>();

  /** One member of each group, in turn. */
  choose(subject: string): Responder[] {
    const chosen: Responder[] = [];
    for (const group of this.#groups.get(subject)?.values() ?? []) {
      group.next = group.next + 1 < group.members.length ? group.next + 1 : 0;
      const member = group.members[group.next];
      if (member) chosen.push(member);
    }
    return chosen;
  }

  add(subject: string, groupName: string, respond: Respond): Subscription {
    const responder = new Responder(respond);
    const groups = this.#groups.get(subject) ?? new Map<string, Group>();
    const group = groups.get(groupName) ?? { members: [], next: 0 };
    group.members.push(responder);
    groups.set(groupName, group);
    this.#groups.set(subject, groups);
    return {
      unsubscribe: async () => {
        const place = group.members.indexOf(responder);
        if (place >= 0) group.members.splice(place, 1);
        await responder.idle();
      },
    };
  }

  /** Gives out no more requests; resolves when those under way are finished. */
  async close(): Promise<void> {
    const groups = [...this.#groups.values()].flatMap((named) => [...named.values()]);
    this.#groups.clear();
    await Promise.all(groups.flatMap(({ members }) => members.map((member) => member.idle())));
  }
}
