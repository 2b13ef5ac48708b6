import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../support/patience.ts';
import { type Answer, type ApiFixture, expectRefusal, openTestApi } from './api-fixture.ts';
import { TOURNAMENT_ID } from './scripted-read-models.ts';

let api: ApiFixture;
let ann: Record<string, string>;
let bob: Record<string, string>;
beforeEach(async () => {
  api = await openTestApi();
  ann = await api.signUp('Ann');
  bob = await api.signUp('Bob');
  api.readModels.position = 12n;
  api.readModels.calls.length = 0;
  api.waits.length = 0;
});
afterEach(() => api.drop());

const GETS = [
  '/api/self',
  '/api/users?search=b',
  '/api/users/Bob',
  '/api/users/Ann/friends',
  '/api/users/Ann/blocked_users',
  '/api/chats',
  '/api/chats/Bob/messages',
  '/api/tournaments',
  `/api/tournaments/${TOURNAMENT_ID}`,
];

const positionOf = ({ headers }: Answer) => headers['x-rally-position'];

const get = (url: string, after: string, isAbandoned = () => false, headers = ann) =>
  api.ask('GET', url, { headers: { ...headers, 'x-rally-after': after }, isAbandoned });

const reading = () => api.readModels.calls.map(([query]) => query);

/** Whoever waits from now on waits for this. */
function holdWaits() {
  let release = (_: boolean) => {};
  const released = new Promise<boolean>((resolve) => {
    release = resolve;
  });
  const aborted: bigint[] = [];
  api.script.wait = (position, signal) =>
    Promise.race([
      released,
      new Promise<boolean>((resolve) =>
        signal?.addEventListener('abort', () => {
          aborted.push(position);
          resolve(false);
        }),
      ),
    ]);
  return { release, aborted };
}

describe('the answer to a GET', () => {
  it.each(GETS)('of %s tells up to where it holds everything', async (url) => {
    const answer = await api.ask('GET', url, { headers: ann });
    expect(answer.status).toBe(200);
    expect(positionOf(answer)).toBe('12.999.7');
  });

  it('tells it as the query says, however late', async () => {
    const { release } = api.readModels.hold('chats');
    const asked = api.ask('GET', '/api/chats', { headers: ann });
    await eventually(() => expect(reading()).toEqual(['chats']));
    api.readModels.position = 13n;
    release();
    expect(positionOf(await asked)).toBe('13.999.7');
  });

  it('tells it of nothing else', async () => {
    expect(positionOf(await api.ask('GET', '/api/self'))).toBeUndefined();
    expect(positionOf(await api.ask('GET', '/api/chats/Cid/messages', { headers: ann }))).toBeUndefined();
    expect(positionOf(await api.ask('PUT', '/api/chats/Bob', { headers: ann }))).toBeUndefined();
  });
});

describe('a GET that names a place', () => {
  it.each(['12.0.7', '12.999.7', '3.1.7', '12', '0'])(
    '(%s) that has been passed is answered at once',
    async (after) => {
      const answer = await get('/api/chats', after);
      expect(answer.status).toBe(200);
      expect(positionOf(answer)).toBe('12.999.7');
      expect(api.waits).toEqual([]);
    },
  );

  it.each(GETS)('at %s waits until the read models have passed it', async (url) => {
    const { release } = holdWaits();
    const asked = get(url, '15.0.7');
    await eventually(() => expect(api.waits).toEqual([15n]));
    expect(reading()).toEqual([]);
    api.readModels.position = 15n;
    release(true);
    const answer = await asked;
    expect(answer.status).toBe(200);
    expect(positionOf(answer)).toBe('15.999.7');
  });

  it('waits before it says that something is not there', async () => {
    const { release } = holdWaits();
    const asked = get('/api/users/Cid', '15');
    await eventually(() => expect(api.waits).toEqual([15n]));
    api.readModels.know('Cid');
    api.readModels.position = 15n;
    release(true);
    expect((await asked).status).toBe(200);
  });

  it.each(['15.0.7', '9223372036854775807'])('(%s) that is not passed in time is 503', async (after) => {
    api.script.wait = async () => false;
    expectRefusal(await get('/api/chats', after), 'not_visible_yet');
  });

  it('believes what it has read, not what it was told', async () => {
    api.script.wait = async () => true;
    expectRefusal(await get('/api/chats', '15.0.7'), 'not_visible_yet');
    api.script.wait = async () => {
      api.readModels.position = 15n;
      return false;
    };
    expect((await get('/api/chats', '15.0.7')).status).toBe(200);
  });

  it.each([
    '',
    'x',
    '-1',
    '12.0',
    '12.0.7.1',
    '12.0.7, 13.0.7',
    '1e3',
    '9223372036854775808',
    ' 12',
    '12.0.8',
  ])('(%s) that this log never gave out is 422', async (after) => {
    for (const url of GETS) {
      const answer = await get(url, after);
      expect(answer.status, url).toBe(422);
      expect(answer.body).toEqual([
        { loc: ['header', 'X-Rally-After'], msg: expect.any(String), type: 'invalid_cursor' },
      ]);
      expect(positionOf(answer)).toBeUndefined();
    }
  });

  it('in another log waits for nothing, and goes on when the log has become that one', async () => {
    await get('/api/chats', '0');
    expect((await get('/api/chats', '15.0.8')).status).toBe(422);
    expect(api.waits).toEqual([]);
    api.readModels.log = '8';
    api.readModels.position = 15n;
    expect((await get('/api/chats', '15.0.8')).status).toBe(200);
  });

  it('needs a session first, and is a GET', async () => {
    expectRefusal(
      await api.ask('GET', '/api/chats', { headers: { 'x-rally-after': 'x' } }),
      'unauthenticated',
    );
    const put = await api.ask('PUT', '/api/chats/Bob', { headers: { ...ann, 'x-rally-after': 'x' } });
    expect(put.status).toBe(201);
  });
});

describe('GETs that wait', () => {
  it('take no place from those that are read', async () => {
    const { release } = holdWaits();
    const waiting = Array.from({ length: 40 }, () => get('/api/chats', '15'));
    await eventually(() => expect(api.waits.length).toBe(16));
    expect((await api.ask('GET', '/api/self', { headers: ann })).status).toBe(200);
    const others = get('/api/chats', '15', undefined, bob);
    await eventually(() => expect(api.waits.length).toBe(17));
    api.readModels.position = 15n;
    release(true);
    const answers = await Promise.all([...waiting, others]);
    expect(answers.map(({ status }) => status)).toEqual(Array(41).fill(200));
  });

  it('are bounded: what comes beyond is refused at once', async () => {
    const { release } = holdWaits();
    const refused: Answer[] = [];
    const waiting = Array.from({ length: 600 }, async () => {
      const answer = await get('/api/chats', '15');
      if (answer.status !== 200) refused.push(answer);
    });
    await eventually(() => expect(refused.length).toBe(600 - 16 - 512));
    for (const answer of refused) expectRefusal(answer, 'unavailable');
    api.readModels.position = 15n;
    release(true);
    await Promise.all(waiting);
  });

  it('stop when their client goes', async () => {
    const { aborted } = holdWaits();
    let gone = false;
    const asked = get('/api/chats', '15', () => gone);
    await eventually(() => expect(api.waits).toEqual([15n]));
    gone = true;
    expect((await asked).status).toBe(499);
    expect(aborted).toEqual([15n]);
    expect(reading()).toEqual([]);
  });
});
