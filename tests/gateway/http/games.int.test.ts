import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GAME_SERVER } from '../../../protocol/commands.ts';
import { eventually } from '../../support/patience.ts';
import {
  type ApiFixture,
  accepted,
  cookieValue,
  expectRefusal,
  openTestApi,
  refused,
  signUpForm,
} from './api-fixture.ts';

const GAME_ID = '3f3f3f3f-3333-4333-8333-333333333333';
const SERVICE_TOKEN = `service-token-${'x'.repeat(32)}`;
const BEARER = { authorization: `Bearer ${SERVICE_TOKEN}` };

let api: ApiFixture;
let ann: Record<string, string>;
const finish = (headers: Record<string, string>, id = GAME_ID) =>
  api.ask('POST', `/api/games/${id}/finish`, { headers });
const commands = () => api.commands.map(({ command, context }) => ({ ...command, actor: context.actor }));

function describeApi(name: string, options: Parameters<typeof openTestApi>[0], tests: () => void): void {
  describe(name, () => {
    beforeAll(async () => {
      api = await openTestApi(options);
      ann = await api.signUp('Ann');
    });
    afterAll(() => api.drop());
    beforeEach(() => {
      api.script.reply = accepted(true);
      api.commands.length = 0;
    });
    tests();
  });
}

describeApi('a game, while there is no game server,', { gameServer: { SERVICE_TOKEN } }, () => {
  it('is finished by a player', async () => {
    expect(await finish(ann)).toMatchObject({ status: 204, body: null });
    expect(commands()).toEqual([{ type: 'finish_game', gameId: GAME_ID, asPlayer: true, actor: 'Ann' }]);
    expect(api.waits.at(-1)).toBe(1n);
  });

  it('is finished by whoever has the service token, with cookies or without, in any case of its id', async () => {
    for (const headers of [BEARER, { ...ann, ...BEARER }, { authorization: `bearer  ${SERVICE_TOKEN}` }])
      expect((await finish(headers, GAME_ID.toUpperCase())).status).toBe(204);
    const command = { type: 'finish_game', gameId: GAME_ID, asPlayer: false, actor: GAME_SERVER };
    expect(commands()).toEqual([command, command, command]);
  });

  it('is finished also when it was before', async () => {
    api.script.reply = accepted(false);
    expect((await finish(BEARER)).status).toBe(204);
  });

  it.each(['game_not_found', 'forbidden', 'unavailable'] as const)(
    'is not, when refused as %s',
    async (code) => {
      api.script.reply = refused(code);
      expectRefusal(await finish(ann), code);
      expectRefusal(await finish(BEARER), code);
    },
  );

  it.each(['x', '%00', `${GAME_ID}0`, GAME_ID.replaceAll('-', ''), '%20'])(
    'is not known as %s',
    async (id) => {
      expectRefusal(await finish(ann, id), 'game_not_found');
      expectRefusal(await finish(BEARER, id), 'game_not_found');
      expect(api.commands).toEqual([]);
    },
  );

  it.each([
    ['nothing', () => ({})],
    ['another token', () => ({ authorization: `Bearer ${SERVICE_TOKEN}x` })],
    ['a part of the token', () => ({ authorization: `Bearer ${SERVICE_TOKEN.slice(0, -1)}` })],
    ['another token beside cookies', () => ({ ...ann, authorization: 'Bearer x' })],
    ['the token as a cookie', () => ({ cookie: `access_token=${SERVICE_TOKEN}` })],
    ['the token by another scheme', () => ({ authorization: `Basic ${SERVICE_TOKEN}` })],
    ['the token alone', () => ({ authorization: SERVICE_TOKEN })],
  ])('is not finished with %s: that is no session', async (_, headers) => {
    expectRefusal(await finish(headers()), 'unauthenticated');
    expect(api.commands).toEqual([]);
  });

  it('is not finished by cookies that a foreign page has sent', async () => {
    for (const forged of [{ origin: 'https://evil.example' }, { 'x-csrftoken': 'guess' }])
      expectRefusal(await finish({ ...ann, ...forged }), 'csrf_failed');
    const signedUp = await api.ask('POST', '/api/signup', { body: signUpForm('Bob') });
    const authorization = `Bearer ${cookieValue(signedUp, 'access_token')}`;
    expect((await finish({ authorization })).status).toBe(204);
    expect(commands()).toMatchObject([{ actor: 'Bob' }]);
  });

  it('is all that the service token is good for', async () => {
    for (const [method, url] of [
      ['GET', '/api/self'],
      ['POST', '/api/tournaments'],
    ] as const)
      expectRefusal(await api.ask(method, url, { headers: BEARER }), 'unauthenticated');
  });

  it('is one of four at once that the game server may finish, and does not keep players waiting', async () => {
    let release = () => {};
    const held = new Promise<boolean>((resolve) => {
      release = () => resolve(true);
    });
    api.script.wait = () => held;
    const many = Array.from({ length: 20 }, () => finish(BEARER));
    await eventually(() => expect(api.commands).toHaveLength(4));
    const own = finish(ann);
    await eventually(() => expect(commands().at(-1)).toMatchObject({ actor: 'Ann' }));
    expect(api.commands).toHaveLength(5);
    release();
    expect((await Promise.all([...many, own])).map(({ status }) => status)).toEqual(Array(21).fill(204));
    api.script.wait = async () => true;
  });

  it('leaves no trace of the token in the log', () => {
    expect(api.logLines.length).toBeGreaterThan(0);
    expect(api.logLines.join()).not.toContain(SERVICE_TOKEN.slice(0, 20));
  });
});

const served = { SERVICE_TOKEN, GAME_URL: 'https://game.example/{game_id}' };

describeApi('a game, while there is a game server,', { gameServer: served }, () => {
  it('is finished by the game server', async () => {
    expect((await finish(BEARER)).status).toBe(204);
    expect(commands()).toMatchObject([{ asPlayer: false, actor: GAME_SERVER }]);
  });

  it('is not finished by players, whichever game it is, nor by strangers', async () => {
    for (const id of [GAME_ID, 'x']) expectRefusal(await finish(ann, id), 'forbidden');
    expectRefusal(await finish({}), 'unauthenticated');
    expectRefusal(await finish({ ...ann, 'x-csrftoken': '' }), 'csrf_failed');
    expect(api.commands).toEqual([]);
  });
});

describeApi('a game, while nobody can be the game server,', {}, () => {
  it.each(['undefined', 'Bearer', 'Bearer undefined', 'Bearer null', `Bearer ${SERVICE_TOKEN}`])(
    'is not finished with %s',
    async (authorization) => {
      expectRefusal(await finish({ authorization }), 'unauthenticated');
      expect(api.commands).toEqual([]);
    },
  );
});
