import { z } from 'zod';
import { commandServiceConfiguration } from '../../command-service/configuration.ts';
import { gatewayProcessConfiguration } from '../../gateway/configuration.ts';
import { processConfiguration } from '../../platform/service/process-configuration.ts';
import { projectionProcessConfiguration } from '../../projection-service/configuration.ts';

const anyProcess = processConfiguration({ opsPort: 0, logLevel: 'info' });

/** Every option that each service reads from the environment, by the service's folder. */
export const SERVICE_OPTIONS = {
  'command-service': z.object({ ...anyProcess.shape, ...commandServiceConfiguration.shape }),
  'projection-service': z.object({ ...anyProcess.shape, ...projectionProcessConfiguration.shape }),
  gateway: z.object({ ...anyProcess.shape, ...gatewayProcessConfiguration.shape }),
} as const;

export type RallyService = keyof typeof SERVICE_OPTIONS;
