import { describe, expect, it } from 'vitest';
import { gatewayConfiguration } from '../../gateway/configuration.ts';
import { createAllowsOrigin } from '../../gateway/public-address.ts';
import { ConfigurationError, readConfiguration } from '../../platform/configuration/read-configuration.ts';

const read = (settings: Record<string, string>) =>
  readConfiguration(gatewayConfiguration, { JWT_SECRET: 'x'.repeat(32), ...settings });

describe('ALLOWED_ORIGINS', () => {
  it('allows the pages of a proxy that ends TLS, and no others', () => {
    const { ALLOWED_ORIGINS } = read({
      ALLOWED_ORIGINS: 'https://play.example.com, https://example.com:8443',
    });
    const allows = createAllowsOrigin(ALLOWED_ORIGINS, () => ({ host: '127.0.0.1', port: 8080 }));
    for (const origin of ['https://play.example.com', 'https://example.com:8443'])
      expect(allows(origin)).toBe(true);
    for (const origin of ['http://play.example.com', 'https://example.com', 'http://127.0.0.1:8080', 'null'])
      expect(allows(origin)).toBe(false);
  });

  it.each([
    'https://play.example.com/',
    'https://Play.example.com',
    'https://play.example.com:443',
    'play.example.com',
    '*',
    'null',
    'https://a.example, ',
  ])('%j would never be equal to what a browser sends', (origins) => {
    expect(() => read({ ALLOWED_ORIGINS: origins })).toThrow('ALLOWED_ORIGINS: must be origins');
  });
});

it.each(['-1', '1.5', '11', 'one'])('TRUSTED_PROXY_HOPS=%s is refused', (hops) => {
  expect(() => read({ TRUSTED_PROXY_HOPS: hops })).toThrow('TRUSTED_PROXY_HOPS: ');
});

it.each(['x'.repeat(31), ''.padEnd(32), `${'x'.repeat(32)} `, `${'x'.repeat(32)}\n`, 'ä'.repeat(40)])(
  'SERVICE_TOKEN=%j is refused, and not repeated',
  (token) => {
    const message = 'SERVICE_TOKEN: must be at least 32 characters, without blanks';
    expect(() => read({ SERVICE_TOKEN: token })).toThrow(new ConfigurationError(message));
  },
);

it.each([
  'game.example/{game_id}',
  'ftp://game.example/{game_id}',
  'javascript:alert("{game_id}")',
  'https://game.example/',
  'https://game.example/{gameId}',
  '{game_id}',
])('GAME_URL=%s is refused', (url) => {
  expect(() => read({ GAME_URL: url })).toThrow(
    'GAME_URL: must be an http:// or https:// URL with {game_id} in it',
  );
});

it.each([
  'https://game.example/play/{game_id}',
  'http://localhost:7000/?room={game_id}&from=rally#{game_id}',
])('GAME_URL=%s is kept as it is', (url) => {
  expect(read({ GAME_URL: url }).GAME_URL).toBe(url);
});
