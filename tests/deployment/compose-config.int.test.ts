import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { COMPOSE_TEXT, compose, references } from './compose-file.ts';

const answers = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;

/** The plugin, else the program of old, which does not know yet that projects have names. */
const composeCommand = answers('docker', 'compose', 'version')
  ? { command: ['docker', 'compose'], text: COMPOSE_TEXT }
  : answers('docker-compose', 'version')
    ? { command: ['docker-compose'], text: COMPOSE_TEXT.replace(/^name: .*$/m, '') }
    : null;

const required = new Set(
  references(COMPOSE_TEXT).flatMap(({ name, otherwise }) => (otherwise === 'required' ? name : [])),
);
const ENVIRONMENT = Object.fromEntries(
  [...required].map((name) => [name, `${name.toLowerCase()}-of-the-test`]),
);

describe.runIf(composeCommand)('docker compose config', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rally-compose-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function config(environment: Record<string, string>) {
    const { command: [program = '', ...args] = [], text = '' } = composeCommand ?? {};
    const file = join(folder, 'compose.yaml');
    writeFileSync(file, text);
    const { PATH = '', HOME = '' } = process.env;
    return spawnSync(program, [...args, '-f', file, '--project-directory', process.cwd(), 'config'], {
      env: { PATH, HOME, ...environment },
      encoding: 'utf8',
    });
  }

  it('understands the file', () => {
    const { status, stdout, stderr } = config(ENVIRONMENT);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const understood: { services: Record<string, { environment?: Record<string, string> }> } = parse(stdout);
    expect(Object.keys(understood.services).sort()).toEqual(Object.keys(compose.services).sort());
    expect(understood.services['gateway-2']?.environment).toMatchObject({
      NATS_URL: 'nats://rally:nats_password-of-the-test@nats:4222',
      JWT_SECRET: 'jwt_secret-of-the-test',
    });
  });

  it.each([...required])('refuses to go without %s', (name) => {
    const { status, stderr } = config({ ...ENVIRONMENT, [name]: '' });
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/set .* in \.env/);
  });
});

if (!composeCommand)
  describe.skip('docker compose config: needs docker compose, or docker-compose', () => {
    it('understands the file', () => {});
  });
