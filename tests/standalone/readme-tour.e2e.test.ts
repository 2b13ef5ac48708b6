import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startStandalone } from '../support/embedded-deployment.ts';

const tour = readFileSync('README.md', 'utf8').split('\n## A first tour\n')[1]?.split('\n## ')[0] ?? '';
const blocks = [...tour.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block);
const FIRST_LINE = 'rally=http://127.0.0.1:8080 ops=http://127.0.0.1:8090\n';

describe('the tour of the README', () => {
  it('says in its first line where Rally is, and nowhere else', () => {
    expect(blocks[0]?.startsWith(FIRST_LINE)).toBe(true);
    expect(blocks.join('').match(/127\.0\.0\.1|:80[89]0/g)).toHaveLength(4);
  });

  it('opens nothing that belongs to a terminal, which somebody else may own', () => {
    expect(blocks.join('')).not.toMatch(/\/dev\/(stdout|stderr|tty)/);
  });

  it.skipIf(spawnSync('curl', ['--version']).status !== 0)(
    'ends where it says (skipped where there is no curl)',
    async () => {
      const home = await mkdtemp(join(tmpdir(), 'rally-tour-'));
      const { address, rally } = await startStandalone({ DATA_DIR: join(home, 'data') });
      const [, ops = ''] = /metrics: (http:\S+)\/health/.exec(rally.output()) ?? [];
      const script = blocks
        .join('')
        .replace(FIRST_LINE, `rally=${address} ops=${ops}\n`)
        // The pauses of a few seconds are long enough for a person's machine; this one may be busy.
        .replaceAll(/\bsleep (\d)/g, (_, seconds) => `sleep ${5 * seconds}`);
      const { stdout, stderr } = await promisify(execFile)('sh', ['-c', script]);
      expect(stderr).toBe('');
      expect(stdout).toMatch(/^bob\d+ < \{"action":"user_online","data":\{"username":"ann\d+"/m);
      for (const name of ['ann', 'bob'])
        expect(stdout).toMatch(new RegExp(`^${name}\\d+ < .*"new_message".*"content":"hello"`, 'm'));
      expect(stdout).toMatch(
        /^\{"items":\[\{.*"content":"hello".*\],.*"count":1|"count":1.*"content":"hello"/m,
      );
      expect(stdout).toMatch(/^ann\d+ < .*"new_friend"/m);
      expect(stdout).toMatch(/"action":"new_friend".*"username":"bob\d+"/);
      expect(stdout).toMatch(/"action":"new_tournament".*"tournament_name":"Winter cup"/);
      expect(stdout).toMatch(/"username":"bob\d+".*"unread_notifications_count":0/);
      expect(stdout).toMatch(/^bob\d+ < \{"action":"game_invite","data":\{.*"username":"ann\d+"/m);
      expect(stdout).toMatch(/^ann\d+ < \{"action":"game_accepted","data":\{.*"username":"bob\d+"/m);
      expect(stdout).toMatch(/^ann\d+ < \{"action":"game_finished","data":\{.*"reason":"reported"/m);
      expect(stdout).toMatch(/^\{"username":"ann\d+".*"game_id":null.*"is_engaged_in_game":false/m);
      expect(stdout).toContain('{"status":"ready"}');
      expect(stdout).toContain('rally_websocket_frames_total');
      expect(await rally.stop()).toBe(0);
      await rm(home, { recursive: true, force: true });
    },
  );
});
