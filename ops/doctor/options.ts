import { commandServiceConfiguration } from '../../command-service/configuration.ts';
import { gatewayProcessConfiguration } from '../../gateway/configuration.ts';
import { housekeepingProcessConfiguration } from '../../housekeeping/configuration.ts';
import { localClusterConfiguration } from '../../local-cluster/configuration.ts';
import { misspeltOptions } from '../../platform/configuration/misspelt-options.ts';
import { projectionProcessConfiguration } from '../../projection-service/configuration.ts';
import { standaloneConfiguration } from '../../standalone/configuration.ts';
import { opsConfiguration } from '../configuration.ts';
import { bad, type Finding, ok, warn } from './finding.ts';

/** Of all processes: what is set for any of them is looked at. */
const OPTIONS = {
  ...standaloneConfiguration.shape,
  ...localClusterConfiguration.shape,
  ...commandServiceConfiguration.shape,
  ...projectionProcessConfiguration.shape,
  ...housekeepingProcessConfiguration.shape,
  ...gatewayProcessConfiguration.shape,
  ...opsConfiguration.shape,
};

/** Whether what is set here can be used, and whether it was meant. Which process it is for is not known. */
export function checkOptions(environment: NodeJS.ProcessEnv): Finding[] {
  const unusable = Object.entries(OPTIONS).flatMap(([name, option]) => {
    const value = environment[name];
    const read = value ? option.safeParse(value) : null;
    if (!read || read.success) return [];
    const [issue] = read.error.issues;
    return bad(
      'options',
      `${name} ${issue?.message ?? 'cannot be used'}`,
      `set ${name} anew, or leave it out`,
    );
  });
  const misspelt = misspeltOptions(Object.keys(OPTIONS), environment).map(({ written, meant }) =>
    warn('options', `${written} is not an option`, `say ${meant}`),
  );
  const found = [...unusable, ...misspelt];
  const set = Object.keys(OPTIONS).filter((name) => environment[name]);
  return found.length > 0
    ? found
    : [ok('options', set.length > 0 ? `${set.join(', ')} can be used` : 'all by default')];
}
