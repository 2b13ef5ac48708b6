import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freePort } from '../../local-cluster/free-port.ts';
import { startStandalone } from '../support/embedded-deployment.ts';
import { prepareDataDirectory } from '../support/prepared-data-directory.ts';
import { spawnRally } from '../support/rally-process.ts';

const demo = async (environment: Record<string, string>, ...args: string[]) => {
  const process = spawnRally('demo/main.js', environment, { args });
  return { code: await process.exited, output: process.output() };
};

it('the demo holds its conversation with the Rally that it is pointed at', async () => {
  const home = await mkdtemp(join(tmpdir(), 'rally-demo-'));
  const data = join(home, 'data');
  await prepareDataDirectory(data);
  const { address, rally } = await startStandalone({ DATA_DIR: data });
  for (const where of [{ RALLY_URL: `${address}/` }, { PORT: new URL(address).port }]) {
    const { code, output } = await demo(where);
    expect(output).toContain('frames that nobody expected: 0');
    expect(output).toContain('4 messages:');
    expect(output).toMatch(/game [0-9a-f-]{36}: Bob is not free for another/);
    expect(output.match(/ game_finished +reported$/gm)).toHaveLength(4);
    expect(output.match(/ user_(offline|online) +Bob\.\w+ is (offline|online)$/gm)).toHaveLength(3);
    expect(output.match(/ typing +Bob\.\w+ is writing$/gm)).toHaveLength(2);
    expect(output).toContain('Ada.the.Swift: 2 unread messages, 0 unread notifications');
    expect(code).toBe(0);
  }
  expect(await rally.stop()).toBe(0);
  await rm(home, { recursive: true, force: true });
});

it('the demo says what to set when nobody answers, or what is wrong with it', async () => {
  const nobody = `http://127.0.0.1:${await freePort()}`;
  expect(await demo({ RALLY_URL: nobody })).toEqual({
    code: 1,
    output: `No Rally answers at ${nobody}: run \`make start\` in another terminal first, or say where it runs: make demo RALLY_URL=http://host:port\n`,
  });
  for (const RALLY_URL of ['127.0.0.1:8080', 'http://', 'ftp://host'])
    expect(await demo({ RALLY_URL })).toEqual({
      code: 1,
      output: 'RALLY_URL: must be http://host:port, or https://…\n',
    });
  expect(await demo({}, '--help')).toMatchObject({ code: 0 });
  expect(await demo({}, 'http://host')).toMatchObject({ code: 1 });
});
