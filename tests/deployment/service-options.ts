import { commandServiceConfiguration } from '../../command-service/configuration.ts';
import { gatewayProcessConfiguration } from '../../gateway/configuration.ts';
import { housekeepingProcessConfiguration } from '../../housekeeping/configuration.ts';
import { projectionProcessConfiguration } from '../../projection-service/configuration.ts';

/** Every option that each service reads from the environment, by the service's folder. */
export const SERVICE_OPTIONS = {
  'command-service': commandServiceConfiguration,
  'projection-service': projectionProcessConfiguration,
  housekeeping: housekeepingProcessConfiguration,
  gateway: gatewayProcessConfiguration,
} as const;

export type RallyService = keyof typeof SERVICE_OPTIONS;
