import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Tracing } from '../../platform/tracing/tracing.ts';
import type { ReadModels } from '../../read-models/read-models.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { ClientAddressOf } from '../client-address.ts';
import type { SendCommand } from '../command-client.ts';
import type { GatewayConfiguration } from '../configuration.ts';
import type { Leader } from '../leader.ts';
import type { Presence } from '../presence/presence.ts';
import type { ProjectedPosition } from '../projected-position.ts';
import type { AllowsOrigin } from '../public-address.ts';
import type { CookieConfiguration } from './session-cookies.ts';
import type { WebClient } from './web-client.ts';

/** What the HTTP API is made of. */
export interface ApiOptions {
  readonly accounts: Accounts;
  readonly sendCommand: SendCommand;
  readonly readModels: ReadModels;
  readonly leader: Pick<Leader, 'publishedWithin'>;
  readonly projected: Pick<ProjectedPosition, 'hasPassed' | 'waitFor'>;
  readonly presence: Pick<Presence, 'active'>;
  readonly allowsOrigin: AllowsOrigin;
  readonly clientAddressOf: ClientAddressOf;
  readonly configuration: CookieConfiguration &
    Pick<GatewayConfiguration, 'COMMAND_TIMEOUT_MS' | 'SERVICE_TOKEN' | 'GAME_URL'>;
  /** null: none is served. */
  readonly webClient: WebClient | null;
  readonly logger: Logger;
  readonly registry: Registry;
  /** null: off. */
  readonly tracing: Tracing | null;
  readonly newId: () => string;
}
