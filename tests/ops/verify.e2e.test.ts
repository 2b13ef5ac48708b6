import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schemaInUse } from '../../read-models/schema-name.ts';
import { RunningServices } from '../projection-service/running-services.ts';
import { Story } from '../projection-service/story.ts';
import { eventually } from '../support/patience.ts';
import { appendStory } from './append-story.ts';
import { type OperatedStore, STORES } from './both-stores.ts';
import { runRallyCommand } from './rally-command.ts';

describe.each(STORES)('read models that are held against the log, which is in %s', (_, open) => {
  let operated: OperatedStore;
  let schema: string;
  const services = new RunningServices();
  const rally = (...args: string[]) => runRallyCommand(operated.environment, ...args);
  const [messageId, commandId] = [randomUUID(), randomUUID()];

  beforeAll(async () => {
    operated = await open();
    const { pool, store } = operated;
    schema = await schemaInUse(pool);
    const story = new Story().signsUp('Ann', 'Bob', 'Cid').chat('Ann', 'Bob').befriends('Ann', 'Bob');
    story.blocks('Ann', 'Cid').unblocks('Ann', 'Cid');
    for (let sent = 0; sent < 30; sent += 1) story.sends('Ann', 'Bob', `${sent}`);
    const said = story.sends('Ann', 'Bob', 'as it was said', messageId);
    story.sends('Bob', 'Ann');
    story.likes(said);
    const events = story.events.map((event) =>
      event.position === said.position
        ? { ...event, metadata: { ...event.metadata, commandId, correlationId: commandId, actor: 'Ann' } }
        : event,
    );
    const last = await appendStory(store, events);
    const { bus } = await services.start(pool, schema, store);
    await eventually(() => expect(Number(bus.projected.at(-1))).toBeGreaterThanOrEqual(Number(last)));
  });
  afterAll(async () => {
    await services.stop();
    await operated.close();
  });

  const scratches = async () => {
    const { rows } = await operated.pool.query(
      `select from information_schema.schemata where schema_name = 'verify_scratch'`,
    );
    return rows.length;
  };

  it('are equal, also after a run that was killed, and nothing is left of either', async () => {
    await operated.pool.query('create schema verify_scratch; create table verify_scratch.checkpoints ()');
    const verified = await rally('verify');
    expect(verified.code).toBe(0);
    expect(verified.stdout).toMatch(/messages .*equal/);
    expect(verified.stdout).not.toMatch(/DIFFERS/);
    expect(await scratches()).toBe(0);
  });

  it('are verified by one at a time: another one is told so, and leaves what the first one works on', async () => {
    const first = await operated.pool.connect();
    try {
      await first.query(`select pg_advisory_lock(hashtextextended('rally verify', 0))`);
      await operated.pool.query('create schema verify_scratch');
      const second = await rally('verify');
      expect(second).toMatchObject({ code: 4, stderr: 'rally: somebody else is verifying\n' });
      expect(await scratches()).toBe(1);
    } finally {
      first.release(true);
      await operated.pool.query('drop schema verify_scratch');
    }
  });

  it('are traced: what a message has led to, by its own id and by that of its command', async () => {
    const traced = await rally('--json', 'trace', messageId);
    expect(traced).toMatchObject({ code: 0, stderr: '' });
    const [sent, liked] = (traced.json() as { events: { position: string; rows: object[] }[] }).events;
    expect(sent).toMatchObject({
      metadata: { commandId, actor: 'Ann' },
      event: { type: 'MessageSent', data: { content: 'as it was said' } },
      progress: 'projected',
      pushes: [{ action: 'new_message', to: ['ann', 'bob'], in: 'messages' }],
    });
    expect(sent?.rows).toEqual(
      expect.arrayContaining([expect.objectContaining({ table: 'messages', position: sent?.position })]),
    );
    expect(liked).toMatchObject({ event: { type: 'MessageLiked' }, pushes: [{ in: 'feed' }] });
    const ofCommand = await rally('trace', commandId);
    expect(ofCommand.code).toBe(0);
    expect(ofCommand.stdout).toMatch(/MessageSent/);
    expect(ofCommand.stdout).not.toMatch(/MessageLiked/);
    const first = await rally('--json', 'streams', 'show', `message-${messageId}`, '--limit', '1');
    expect(first).toMatchObject({
      code: 0,
      stderr: 'only the first 1: the stream has more, --limit shows them\n',
    });
    expect(first.json()).toMatchObject([{ event: { type: 'MessageSent' } }]);
    const nothing = await rally('trace', randomUUID());
    expect(nothing.code).toBe(1);
    expect(nothing.stderr).toMatch(/rally: nothing in the log is of /);
  });

  it('differ where somebody has tampered with rows, and the event is named that says otherwise', async () => {
    const { pool } = operated;
    await pool.query(`
      update ${schema}.messages set content = 'forged' where message_id = '${messageId}';
      delete from ${schema}.likes where message_id = '${messageId}';
      insert into ${schema}.blocks values ('ann', 'cid'), ('bob', 'ann');`);
    const verified = await rally('--json', 'verify', 'chats', 'relationships');
    expect(verified.code).toBe(3);
    const { tables, differences } = verified.json() as { tables: object[]; differences: object[] };
    expect(tables.filter((table) => 'isEqual' in table && !table.isEqual)).toMatchObject([
      { table: 'blocks' },
      { table: 'messages' },
      { table: 'likes' },
    ]);
    expect(differences).toMatchObject([
      { table: 'blocks', key: { blocker_key: 'bob', blocked_key: 'ann' }, is: 'only live', event: null },
      {
        table: 'blocks',
        key: { blocker_key: 'ann', blocked_key: 'cid' },
        is: 'only live',
        event: { event: { type: 'UserUnblocked' } },
      },
      {
        table: 'messages',
        is: 'different',
        columns: [{ column: 'content', live: 'forged', log: 'as it was said' }],
        event: { stream: `message-${messageId}`, event: { type: 'MessageSent' } },
      },
      {
        table: 'likes',
        is: 'only in the log',
        key: { message_id: messageId },
        event: { event: { type: 'MessageLiked' } },
      },
    ]);
    const shown = await rally('verify', 'chats', '--rows', '1');
    expect(shown.code).toBe(3);
    expect(shown.stdout).toMatch(/"forged".*"as it was said".*MessageSent at \d/);
    expect(await scratches()).toBe(0);
  });

  it('of a room that does not exist are no question', async () => {
    expect((await rally('verify', 'cellar')).code).toBe(2);
  });
});
