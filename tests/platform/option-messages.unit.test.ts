import { describe, expect, it } from 'vitest';
import { localClusterConfiguration } from '../../local-cluster/configuration.ts';
import { ConfigurationError, readConfiguration } from '../../platform/configuration/read-configuration.ts';
import { standaloneConfiguration } from '../../standalone/configuration.ts';
import { SERVICE_OPTIONS } from '../deployment/service-options.ts';

const SCHEMAS = {
  standalone: standaloneConfiguration,
  'local-cluster': localClusterConfiguration,
  ...SERVICE_OPTIONS,
};

/** A library's own words for what is wrong, which tell a person nothing. */
const RAW = /invalid|expected|received|undefined|schema|input/i;

/** Any text may be right for these. */
const ANYTHING = new Set(['HOST', 'OPS_HOST', 'DATA_DIR']);

function complaint(schema: (typeof SCHEMAS)[keyof typeof SCHEMAS], environment: Record<string, string>) {
  try {
    readConfiguration(schema, environment);
    return '';
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.message;
  }
}

describe.each(Object.entries(SCHEMAS))('the options of %s', (_, schema) => {
  it.each(Object.keys(schema.shape).filter((name) => !ANYTHING.has(name)))(
    'say in words for a person what is wrong with %s',
    (name) => {
      for (const value of ['-1 %', '1e99', '\u0000']) {
        const told = complaint(schema, { [name]: value }).split('; ');
        expect(told.join('; ')).not.toMatch(RAW);
        expect(told.filter((problem) => problem.startsWith(`${name}: `))).toHaveLength(1);
      }
    },
  );

  it('say of what is missing that it is required', () => {
    const told = complaint(schema, {});
    expect(told).not.toMatch(RAW);
    for (const problem of told.split('; ').filter(Boolean)) expect(problem).toMatch(/^\w+: is required/);
  });
});

it('LOG_LEVEL says what it may be', () => {
  expect(complaint(standaloneConfiguration, { LOG_LEVEL: 'loud' })).toBe(
    'LOG_LEVEL: must be one of trace, debug, info, warn, error, fatal, silent',
  );
});
