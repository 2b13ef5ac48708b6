import { exec } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_STREAM } from '../../platform/event-store/event-store.ts';
import { streamOf } from '../../platform/event-store/stream-name.ts';
import { DIST } from '../support/rally-process.ts';
import { type OperatedStore, STORES } from './both-stores.ts';
import { runRallyCommand } from './rally-command.ts';

describe.each(STORES)('rally streams, the log in %s', (_, open) => {
  let operated: OperatedStore;
  beforeAll(async () => {
    operated = await open();
    const date = '2026-01-01T00:00:00.000Z';
    const data = { username: 'Ann', nickname: 'Ann', avatar: '', date };
    const id = 'b4b7c5d8-6b1e-4f0e-9a53-0d8f0d1a2c11';
    const metadata = {
      commandId: id,
      correlationId: id,
      causationId: id,
      actor: 'Ann',
      schemaVersion: '1',
    };
    await operated.store.append(streamOf('user', 'ann'), NO_STREAM, [
      { id, event: { type: 'UserRegistered', data }, metadata },
    ]);
  });
  afterAll(() => operated.close());

  it('shows the events of a stream, for people and for scripts', async () => {
    const shown = await runRallyCommand(operated.environment, 'streams', 'show', 'user-ann');
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toContain('UserRegistered');
    const { code, json } = await runRallyCommand(
      operated.environment,
      '--json',
      'streams',
      'show',
      'user-ann',
    );
    expect(code).toBe(0);
    expect(json()).toMatchObject([{ stream: 'user-ann', revision: 0, event: { data: { username: 'Ann' } } }]);
  });

  it('ends without a word when nobody reads on', async () => {
    const command = `"${process.execPath}" "${DIST}ops/main.js" streams show user-ann | true`;
    const { PATH = '' } = process.env;
    const { stderr } = await promisify(exec)(command, { env: { PATH, ...operated.environment } });
    expect(stderr).toBe('');
  });

  it('says in one line that there is no such stream', async () => {
    const { code, stdout, stderr } = await runRallyCommand(
      operated.environment,
      'streams',
      'show',
      'user-bob',
    );
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: 'rally: there is no stream user-bob\n',
    });
  });
});

it.each([[['streams', 'show']], [['streams', 'hide', 'user-ann']], [['--no-such-option']]])(
  'a command line that is wrong is no failure of Rally: %j',
  async (args) => {
    const { code, stderr } = await runRallyCommand({}, ...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/--help says more/);
  },
);
