import type { SystemName } from '../systems/system-under-test.ts';

/** Who is put side by side, and what is divided by what. */
export interface Sides {
  readonly systems: readonly SystemName[];
  readonly ratios: readonly { readonly head: string; readonly of: SystemName; readonly to: SystemName }[];
}

const ON_POSTGRES: Sides = {
  systems: ['rally', 'rally distributed', 'limit loop', 'socket.io peer'],
  ratios: [
    { head: 'rally ÷ limit', of: 'rally', to: 'limit loop' },
    { head: 'distributed ÷ limit', of: 'rally distributed', to: 'limit loop' },
    { head: 'rally ÷ peer', of: 'rally', to: 'socket.io peer' },
  ],
};

const ON_EVENTSTOREDB: Sides = {
  systems: ['rally on EventStoreDB', 'limit on EventStoreDB'],
  ratios: [{ head: 'rally ÷ limit', of: 'rally on EventStoreDB', to: 'limit on EventStoreDB' }],
};

export const ALL_SIDES = [ON_POSTGRES, ON_EVENTSTOREDB] as const;
