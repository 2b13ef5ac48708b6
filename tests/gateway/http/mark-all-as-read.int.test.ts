import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type ApiFixture,
  accepted,
  COMMAND_TIMEOUT_MS,
  expectRefusal,
  openTestApi,
  refused,
} from './api-fixture.ts';

let api: ApiFixture;
let ann: Record<string, string>;
beforeAll(async () => {
  api = await openTestApi();
  ann = await api.signUp('Ann');
});
afterAll(() => api.drop());
beforeEach(() => {
  api.script.reply = accepted(true);
  api.script.wait = async () => true;
  api.script.published = { epoch: 1n, position: 9007199254740993n };
  api.commands.length = 0;
  api.waits.length = 0;
});

const markAll = (path = '/api/notifications/mark_all_as_read', body?: unknown) =>
  api.ask('POST', path, { headers: ann, body });
const DONE = { status: 200, body: { msg: expect.stringMatching(/./) } };

describe('POST /notifications/mark_all_as_read', () => {
  it.each([
    ['/api/notifications/mark_all_as_read', undefined],
    ['/api/notifications/mark_all_as_read/', '{}'],
    ['/api/notifications/mark_all_as_read', { upTo: '1' }],
  ])('to %s with %j: up to where all was published, and answered when it can be read', async (path, body) => {
    expect(await markAll(path, body)).toMatchObject(DONE);
    expect(api.commands).toMatchObject([
      { command: { type: 'mark_all_as_read', upTo: '9007199254740993' }, context: { actor: 'Ann' } },
    ]);
    expect(api.waits).toEqual([1n]);
  });

  it('when all was read already is the same', async () => {
    api.script.reply = accepted(false);
    expect(await markAll()).toMatchObject(DONE);
  });

  it('asks for up to where all is published as long as a command may take; when nobody leads, nothing is stored', async () => {
    api.script.published = null;
    expectRefusal(await markAll(), 'unavailable');
    expect(api.asksOfLeader.at(-1)).toBe(COMMAND_TIMEOUT_MS);
    expect(api.commands).toEqual([]);
  });

  it('before anything is published there is nothing to mark', async () => {
    api.script.published = { epoch: 1n, position: -1n };
    expect(await markAll()).toMatchObject(DONE);
    expect(api.commands).toEqual([]);
    api.script.published = { epoch: 1n, position: 0n };
    expect(await markAll()).toMatchObject(DONE);
    expect(api.commands).toMatchObject([{ command: { upTo: '0' } }]);
  });

  it('says when it may not be stored, and when it is stored but not visible in time', async () => {
    api.script.wait = async () => false;
    expectRefusal(await markAll(), 'not_visible_yet');
    api.script.reply = refused('unavailable');
    expectRefusal(await markAll(), 'unavailable');
  });

  it('with a body that is no JSON is 400', async () => {
    expectRefusal(await markAll(undefined, '{'), 'malformed_json');
    expect(api.commands).toEqual([]);
  });
});
