import { expect, it } from 'vitest';
import { runRallyCommand } from './rally-command.ts';

it('rally size needs no Rally', async () => {
  const args = ['size', '--online', '10_000', '--messages-per-day', '1000000'];
  const told = await runRallyCommand({}, ...args);
  expect(told).toMatchObject({ code: 0, stderr: '' });
  expect(told.stdout).toContain('projection service');
  const { json } = await runRallyCommand({}, '--json', ...args);
  expect(json()).toMatchObject({ community: { online: 10_000, users: 100_000 }, sockets: 15_000 });
});

it.each([
  [['size', '--online', '5'], /--messages-per-day/],
  [['size', '--online', 'many', '--messages-per-day', '1'], /must be a number above 0/],
  [['size', '--online', '5', '--messages-per-day', '1', '--event-store', 'files'], /postgres, eventstoredb/],
])('rally %j says what is wrong', async (args, wrong) => {
  const { code, stderr } = await runRallyCommand({}, ...args);
  expect(code).toBe(2);
  expect(stderr).toMatch(wrong);
});
