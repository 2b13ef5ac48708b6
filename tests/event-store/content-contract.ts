import { expect, test } from 'vitest';
import { NO_STREAM } from '../../platform/event-store/event-store.ts';
import type { Stores } from './event-store-contract.ts';
import { freshCategory, freshStream, messageSent } from './events.ts';
import { catchUp, everything } from './reading.ts';

const CONTENTS = [
  ['nothing', ''],
  ['several scripts', 'Grüße, 你好, שלום, Ωμέγα, 👩‍👩‍👧‍👦'],
  ['control characters', 'line\nfeed\r\ttab\u0001\u001f\u007f\u2028\u2029'],
  ['U+0000', 'a\u0000b'],
  ['lone surrogates', '\ud800 \udfff'],
  ['quotes, backslashes and braces', `"'\\"{},\\n\\u0000 $1 %s`],
  ['16 KB', 'é'.repeat(8192)],
] as const;

export function contentContract(stores: Stores): void {
  test.each(CONTENTS)('content with %s is kept as it is', async (_, content) => {
    const store = await stores.open();
    const category = freshCategory();
    const stream = freshStream(category);
    const event = messageSent(content);
    await store.append(stream, NO_STREAM, [event]);
    const [read] = await everything(store, stream);
    expect(read).toMatchObject(event);
    const [batch] = (await catchUp(store, { after: stores.begin(), prefixes: [`${category}-`] })).filter(
      ({ events }) => events.length > 0,
    );
    expect(batch?.events).toEqual([read]);
  });

  test('all of them in one append', async () => {
    const store = await stores.open();
    const stream = freshStream();
    const events = CONTENTS.map(([, content]) => messageSent(content));
    await store.append(stream, NO_STREAM, events);
    expect(await everything(store, stream)).toMatchObject(events);
  });

  test('metadata is kept as it is, and a stream name with every character that names may have', async () => {
    const store = await stores.open();
    const stream = `${freshCategory()}-a_b.c@d+e-f%g,{h}"i'`;
    const event = {
      ...messageSent(),
      metadata: { ...messageSent().metadata, actor: `Ännchen \ud83d\ude00 "'\\` },
    };
    await store.append(stream, NO_STREAM, [event]);
    expect(await everything(store, stream)).toMatchObject([{ ...event, stream }]);
  });
}
