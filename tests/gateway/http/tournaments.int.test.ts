import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ApiFixture, accepted, expectRefusal, openTestApi, refused } from './api-fixture.ts';
import { TOURNAMENT_ID, tournament } from './scripted-read-models.ts';

let api: ApiFixture;
let ann: Record<string, string>;
beforeAll(async () => {
  api = await openTestApi();
  ann = await api.signUp('Ann');
});
afterAll(() => api.drop());
beforeEach(() => {
  Object.assign(api.script, { reply: accepted(true), wait: async () => true });
  api.readModels.creator = 'Ann';
  api.readModels.calls.length = 0;
  api.commands.length = 0;
});

const DEFAULTS = { score_to_win: 5, game_speed: 'medium', ranked: false, time_limit: 3, cool_mode: false };
const BODY = { name: 'Winter cup', required_participants: 8, alias: 'Ace' };

const create = (body: unknown) => api.ask('POST', '/api/tournaments', { headers: ann, body });
const close = (id = TOURNAMENT_ID) => api.ask('DELETE', `/api/tournaments/${id}`, { headers: ann });
const commands = () => api.commands.map(({ command }) => command);

describe('POST /api/tournaments', () => {
  it('announces it under a new id, and answers what can be read', async () => {
    const answer = await create({ ...BODY, id: TOURNAMENT_ID, unknown: true });
    const [command] = commands();
    if (command?.type !== 'create_tournament') throw new Error('no tournament');
    const { tournamentId } = command;
    expect(command).toEqual({
      type: 'create_tournament',
      tournamentId: expect.any(String),
      name: 'Winter cup',
      requiredParticipants: 8,
      alias: 'Ace',
      settings: DEFAULTS,
    });
    expect(tournamentId).not.toBe(TOURNAMENT_ID);
    expect(answer).toMatchObject({ status: 201, body: tournament(tournamentId, 'Ann') });
    expect(api.readModels.calls).toEqual([['tournament', tournamentId]]);
  });

  it.each([
    [{ settings: {} }, DEFAULTS],
    [{ settings: { score_to_win: 20, odd: 1 } }, { ...DEFAULTS, score_to_win: 20 }],
    [
      { settings: { score_to_win: 3, game_speed: 'slow', ranked: true, time_limit: 1, cool_mode: true } },
      { score_to_win: 3, game_speed: 'slow', ranked: true, time_limit: 1, cool_mode: true },
    ],
  ])('with %j fills in what is not said', async (more, settings) => {
    expect((await create({ ...BODY, ...more })).status).toBe(201);
    expect(commands()).toMatchObject([{ settings }]);
  });

  it.each([
    { name: 'x'.repeat(50), alias: 'x'.repeat(12) },
    { name: ' a ', alias: '\ta\n' },
    { name: '🂡'.repeat(25), alias: '🂡'.repeat(6) },
    { name: '"\\\n{}', alias: "'%_\\" },
    { required_participants: 4 },
  ])('keeps %j as it is', async (about) => {
    expect((await create({ ...BODY, ...about })).status).toBe(201);
    const { required_participants: requiredParticipants, ...texts } = { ...BODY, ...about };
    expect(commands()).toMatchObject([{ ...texts, requiredParticipants }]);
  });

  it.each<[unknown, string[][]]>([
    [undefined, [['name'], ['required_participants'], ['alias']]],
    [{}, [['name'], ['required_participants'], ['alias']]],
    [{ ...BODY, name: '' }, [['name']]],
    [{ ...BODY, name: ' \t\u00a0\n' }, [['name']]],
    [{ ...BODY, name: 'x'.repeat(51) }, [['name']]],
    [{ ...BODY, name: 'a\u0000' }, [['name']]],
    [{ ...BODY, name: 7 }, [['name']]],
    [{ ...BODY, alias: '' }, [['alias']]],
    [{ ...BODY, alias: '   ' }, [['alias']]],
    [{ ...BODY, alias: 'x'.repeat(13) }, [['alias']]],
    [{ ...BODY, alias: 'x\ud800' }, [['alias']]],
    [{ ...BODY, alias: null }, [['alias']]],
    [{ ...BODY, required_participants: 6 }, [['required_participants']]],
    [{ ...BODY, required_participants: '8' }, [['required_participants']]],
    [{ ...BODY, required_participants: 4.5 }, [['required_participants']]],
    [{ ...BODY, settings: null }, [['settings']]],
    [{ ...BODY, settings: [] }, [['settings']]],
    [{ ...BODY, settings: { score_to_win: 21 } }, [['settings', 'score_to_win']]],
    [{ ...BODY, settings: { score_to_win: '5' } }, [['settings', 'score_to_win']]],
    [
      { ...BODY, settings: { time_limit: 0, ranked: 'no' } },
      [
        ['settings', 'ranked'],
        ['settings', 'time_limit'],
      ],
    ],
    [{ ...BODY, settings: { game_speed: 'warp' } }, [['settings', 'game_speed']]],
    [{ ...BODY, settings: { cool_mode: null } }, [['settings', 'cool_mode']]],
    ['[]', [[]]],
    ['null', [[]]],
  ])('of %j is 422', async (body, fields) => {
    const answer = await create(body);
    expect(answer).toMatchObject({
      status: 422,
      body: fields.map((field) => ({
        loc: ['body', ...field],
        msg: expect.any(String),
        type: expect.any(String),
      })),
    });
    expect(answer.body).toHaveLength(fields.length);
    expect(api.commands).toEqual([]);
  });

  it.each(['tournament_open', 'in_game', 'unavailable'] as const)(
    'passes on the refusal %s',
    async (code) => {
      api.script.reply = refused(code);
      expectRefusal(await create(BODY), code);
      expect(api.readModels.calls).toEqual([]);
    },
  );

  it('says when it is announced but not visible in time', async () => {
    api.script.wait = async () => false;
    expectRefusal(await create(BODY), 'not_visible_yet');
  });
});

describe('DELETE /api/tournaments/{id}', () => {
  it.each([TOURNAMENT_ID, TOURNAMENT_ID.toUpperCase(), `${TOURNAMENT_ID}/`])('closes %s', async (id) => {
    api.readModels.creator = 'ANN';
    expect(await close(id)).toMatchObject({ status: 204, body: null });
    expect(commands()).toEqual([{ type: 'close_tournament', tournamentId: TOURNAMENT_ID }]);
  });

  it('is 204 also when it was closed already', async () => {
    api.script.reply = accepted(false);
    expect((await close()).status).toBe(204);
  });

  it('is refused for another’s', async () => {
    api.readModels.creator = 'Anna';
    expectRefusal(await close(), 'forbidden');
    expect(api.commands).toEqual([]);
  });

  it('passes on refusals, and says when it is not visible in time', async () => {
    api.script.reply = refused('unavailable');
    expectRefusal(await close(), 'unavailable');
    Object.assign(api.script, { reply: accepted(true), wait: async () => false });
    expectRefusal(await close(), 'not_visible_yet');
  });
});

it.each(['GET', 'DELETE'])('%s of what there is not is 404, and so is what is no id', async (method) => {
  const ask = (id: string) => api.ask(method, `/api/tournaments/${id}`, { headers: ann });
  for (const id of ['x', '%00', `${TOURNAMENT_ID}0`, TOURNAMENT_ID.replaceAll('-', ''), '7', '%20'])
    expectRefusal(await ask(id), 'tournament_not_found', id);
  expect(api.readModels.calls).toEqual([]);
  api.readModels.creator = null;
  expectRefusal(await ask(TOURNAMENT_ID), 'tournament_not_found');
  expect(api.commands).toEqual([]);
});
