import { readFile } from 'node:fs/promises';
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';

/** What runs or is measured. Tests may import everything. */
export const CODE = [
  'bench',
  'client',
  'command-service',
  'demo',
  'domain',
  'gateway',
  'housekeeping',
  'local-cluster',
  'ops',
  'platform',
  'projection-service',
  'protocol',
  'read-models',
  'standalone',
  'tracing',
  'web',
];

export interface ForbiddenImport {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

/** Imports below `directory` that the project's rules do not allow. */
export async function forbiddenImports(directory: string, folders: string[]): Promise<ForbiddenImport[]> {
  const { forbidden, options } = JSON.parse(await readFile('.dependency-cruiser.json', 'utf8'));
  const cruiseOptions: ICruiseOptions = {
    ...options,
    baseDir: directory,
    validate: true,
    ruleSet: { forbidden },
  };
  const { output } = await cruise(folders, cruiseOptions, options.enhancedResolveOptions);
  return (output as ICruiseResult).summary.violations.map(({ rule, from, to }) => ({
    rule: rule.name,
    from,
    to,
  }));
}
