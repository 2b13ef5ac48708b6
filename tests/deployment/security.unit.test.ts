import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { gatewayConfiguration } from '../../gateway/configuration.ts';

/** Where it is, who it is, whose pages may use it, and how often it says that it is there: these bound nothing. */
const NO_BOUNDS = ['HOST', 'PORT', 'JWT_SECRET', 'ALLOWED_ORIGINS', 'PING_INTERVAL_S'];

const bounds = Object.entries(gatewayConfiguration.shape).filter(
  ([name, option]) => !NO_BOUNDS.includes(name) && typeof option.safeParse(undefined).data === 'number',
);

describe('SECURITY.md says of what a gateway bounds', () => {
  const text = readFileSync('SECURITY.md', 'utf8');

  it.each(bounds)('%s, and its default', (name, option) => {
    expect(text).toContain(`\`${name}\` (${option.safeParse(undefined).data})`);
  });
});
