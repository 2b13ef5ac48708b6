import { expect, test } from 'vitest';
import { NO_STREAM } from '../../platform/event-store/event-store.ts';
import type { AppendFault } from '../eventstoredb-double/faults.ts';
import { eventually } from '../support/patience.ts';
import { appended, freshCategory, freshStream, messageSent, messagesSent } from './events.ts';
import { everything } from './reading.ts';
import { useDouble } from './use-double.ts';

const server = useDouble();

const KEPT = 5;

function open() {
  const category = freshCategory();
  const reasons: unknown[] = [];
  const store = server.openStore({
    retention: { [category]: KEPT },
    onNotRetained: (reason) => reasons.push(reason),
    timeoutMs: 300,
  });
  return { store, stream: freshStream(category), reasons };
}

const metadataOf = (stream: string) => server.double.log.stream(`$$${stream}`);

const onlyMetadata =
  (kind: AppendFault['kind']) =>
  (stream: string): AppendFault =>
    stream.startsWith('$$') ? ({ kind, ms: 60_000 } as AppendFault) : { kind: 'none' };

test.each<AppendFault['kind']>(['not ready', 'timed out', 'answer lost', 'delayed', 'broken before commit'])(
  'whether it is kept: %s; an append is stored and answered all the same, and it is made good when the stream has grown',
  async (kind) => {
    const { store, stream, reasons } = open();
    server.double.faults.onAppend = onlyMetadata(kind);
    // On a slow machine an answer may come too late: then the same is sent again.
    const [first, more] = [messagesSent(KEPT + 1), messagesSent(KEPT)];
    await eventually(() => appended(store.append(stream, NO_STREAM, first)));
    await eventually(() => expect(reasons).not.toEqual([]));
    server.double.faults.onAppend = () => ({ kind: 'none' });
    await eventually(() => appended(store.append(stream, KEPT, more)));
    await eventually(async () => expect(await everything(store, stream)).toHaveLength(KEPT));
    expect(metadataOf(stream)).toHaveLength(1);
  },
);

test('it is set by one append, however often it is asked for, and by whomever', async () => {
  const { store, stream } = open();
  const category = stream.split('-')[0] ?? '';
  const other = server.openStore({ retention: { [category]: KEPT } });
  for (let revision = NO_STREAM; revision < 5 * KEPT; revision += 1)
    await appended((revision % 2 === 0 ? store : other).append(stream, revision, [messageSent()]));
  await eventually(async () => expect(await everything(store, stream)).toHaveLength(KEPT));
  expect(metadataOf(stream).map(({ revision }) => revision)).toEqual([0]);
});

test('what an operator has set stays', async () => {
  const { store, stream, reasons } = open();
  const set = { $maxCount: 7, $cacheControl: 3 };
  server.double.log.append(`$$${stream}`, 'any', [
    {
      id: crypto.randomUUID(),
      type: '$metadata',
      contentType: 'application/json',
      data: Buffer.from(JSON.stringify(set)),
      metadata: Buffer.alloc(0),
    },
  ]);
  for (let revision = NO_STREAM; revision < 3 * KEPT; revision += 1)
    await appended(store.append(stream, revision, [messageSent()]));
  await appended(store.append(freshStream(), NO_STREAM, [messageSent()]));
  expect(await everything(store, stream)).toHaveLength(7);
  expect(reasons).toEqual([]);
});

test('streams of other categories cost no append more', async () => {
  const { store, stream } = open();
  const others = Array.from({ length: 20 }, () => freshStream());
  for (const other of others) await appended(store.append(other, NO_STREAM, messagesSent(2 * KEPT)));
  await appended(store.append(stream, NO_STREAM, messagesSent(KEPT)));
  await eventually(() => expect(metadataOf(stream)).toHaveLength(1));
  const names = server.double.log.events.map((event) => event.stream);
  expect(names.filter((name) => name.startsWith('$$'))).toEqual([`$$${stream}`]);
});
