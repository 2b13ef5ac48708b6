import type { Step } from './connection-steps.ts';
import { arrive, expectSame, inOtherTab, until } from './person.ts';

/** One more than a resume brings back, in the suite's Rally. */
export const TOO_MANY = 6;

const many = Array.from({ length: TOO_MANY }, (_, index) => `missed ${index}`);

export const messageSteps: readonly (readonly [string, Step])[] = [
  [
    'acks that get lost: what is pushed is stored',
    async (world) => {
      const ann = await arrive(world);
      await world.outside({ do: 'fault', faults: { lostAcks: 2 } });
      for (const content of ['one', 'two', 'three']) await ann.send(content);
      await ann.expectShown('one', 'two', 'three');
      expectSame('sent', (await world.outside({ do: 'look' })).sentMessages, 3);
    },
  ],
  [
    'answers that get lost with the connection: what the resume brings is stored',
    async (world) => {
      const ann = await arrive(world);
      await world.outside({ do: 'fault', faults: { lostAnswers: 1 } });
      for (const content of ['one', 'two']) await ann.send(content);
      await until('a second welcome', () => ann.welcomes.length === 2);
      await ann.expectShown('one', 'two');
    },
  ],
  [
    'answers that get lost, and a resume that brings nothing: it is sent again, and stored once',
    async (world) => {
      const ann = await arrive(world);
      await world.outside({ do: 'fault', faults: { lostAnswers: 1, refusedHandshakes: 1000 } });
      await ann.send('one');
      await until('it has ended', () => ann.phase === 'waiting');
      await ann.hear(...many);
      await world.outside({ do: 'fault', faults: { refusedHandshakes: 0 } });
      await until('a second welcome', () => ann.welcomes.at(-1) === false && ann.welcomes.length > 1);
      await ann.expectShown('one', ...many);
      expectSame('sent', (await world.outside({ do: 'look' })).sentMessages, 2);
    },
  ],
  [
    'pushes that come three times are told and shown once',
    async (world) => {
      const ann = await arrive(world);
      await world.outside({ do: 'fault', faults: { copies: 3 } });
      await ann.hear('one', 'two');
      await ann.send('three');
      await ann.expectShown('one', 'two', 'three');
      expectSame('told', ann.received.length, 3);
    },
  ],
  [
    'pushes that come in another order are shown in the log’s',
    async (world) => {
      const ann = await arrive(world);
      await world.outside({ do: 'fault', faults: { reordered: 3 } });
      await ann.hear('one', 'two', 'three', 'four');
      await ann.expectShown('one', 'two', 'three', 'four');
      expectSame('told', ann.received.length, 4);
    },
  ],
  [
    'too much was missed: what is shown is loaded anew before it is said to be ready',
    async (world) => {
      const ann = await arrive(world);
      await ann.send('before');
      await ann.expectShown('before');
      await world.outside({ do: 'cut' });
      await ann.hear(...many);
      const shownWhenReady: number[] = [];
      ann.rally.live.connection.subscribe(() => {
        if (ann.phase === 'ready') shownWhenReady.push(ann.chat.messages.length);
      });
      await world.outside({ do: 'mend' });
      await until('a second welcome', () => ann.welcomes.length === 2);
      expectSame('recovered', ann.welcomes, [false, false]);
      await ann.expectShown('before', ...many);
      await until('it is ready', () => shownWhenReady.length === 1);
      expectSame('shown when it was ready', shownWhenReady, [1 + TOO_MANY]);
    },
  ],
  [
    'a record in the outbox that breaks the protocol is put in quarantine, and the client lives on',
    async (world) => {
      const ann = await arrive(world);
      const id = crypto.randomUUID();
      const poison = { tab: 'gone', chatId: 'no chat', content: 'poison', createdAt: world.clock.now() };
      world.storage.setItem(`rally.outbox.${ann.username.toLowerCase()}.${id}`, JSON.stringify(poison));
      ann.leave();
      const { rally, close } = await world.openTab();
      rally.start();
      const closed = () => JSON.stringify(rally.live.connection.get());
      await until('it is closed', () => closed() === '{"phase":"closed","cause":"bad_data"}');
      close();
      const again = await inOtherTab(world, ann);
      await again.send('one');
      await again.expectShown('one');
      const kept = again.rally.outbox.pending('no chat').get();
      expectSame(
        'kept',
        kept.map((message) => [message.id, message.state, message.reason]),
        [[id, 'failed', 'quarantined']],
      );
      expectSame('phase', again.phase, 'ready');
    },
  ],
];
