import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { referenceTo } from '../../platform/event-store/event-reference.ts';
import { pairId, streamOf } from '../../platform/event-store/stream-name.ts';
import { EventStoreDbDouble } from '../eventstoredb-double/double.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { acceptance, conversation, eventsOf, fifty, message, refusal, registered } from './conversation.ts';
import { accept, invitation, playerEvents } from './duel-commands.ts';
import { losingReplies, notReadable } from './faulty-stores.ts';
import { friendAdded, logged, readNotification, readOf, tournamentCreated } from './notification-causes.ts';
import {
  type RunningCommandService,
  type RunningOptions,
  runCommandService,
} from './running-command-service.ts';

const date = '2026-01-02T03:04:05.678Z';
const NOT_FOUND = refusal('notification_not_found');

interface LogServer {
  readonly url: string;
  stop(): Promise<void>;
}

const LOGS: [string, () => Promise<LogServer>][] = [
  [
    'PostgreSQL',
    async () => {
      const database = await createTestDatabase();
      return { url: database.url, stop: () => database.drop() };
    },
  ],
  [
    'EventStoreDB',
    async () => {
      const double = new EventStoreDbDouble();
      await double.start();
      return { url: double.url, stop: async () => double.kill() };
    },
  ],
];

describe.each(LOGS)('notifications on a log in %s', (_name, startServer) => {
  let server: LogServer;
  let service: RunningCommandService;

  beforeAll(async () => {
    server = await startServer();
    service = await runCommandService({ databaseUrl: server.url });
  });
  afterAll(async () => {
    await service?.stop();
    await server?.stop();
  });

  async function another(options: Omit<RunningOptions, 'databaseUrl'> = {}): Promise<RunningCommandService> {
    const other = await runCommandService({ databaseUrl: server.url, ...options });
    onTestFinished(() => other.stop());
    return other;
  }

  const twoUsers = () => Promise.all([registered(service, 'Ann'), registered(service, 'Bob')]);
  const readsOf = (id: string, reader: string) => eventsOf(service, streamOf('notification', id, reader));

  describe('read_notification', () => {
    it('of a new friend is stored with its cause’s place, and answers where', async () => {
      const [ann, bob] = await twoUsers();
      const cause = await friendAdded(service, ann, bob);
      const id = referenceTo(cause);
      const reply = acceptance(await service.send(bob, readNotification(id.toUpperCase())));
      const [stored] = await readsOf(id, bob);
      expect(stored?.event).toEqual({
        type: 'NotificationRead',
        data: { notificationId: id, causePosition: String(cause.position), reader: bob, date },
      });
      expect(reply).toEqual({ outcome: 'accepted', changed: true, position: String(stored?.position) });
    });

    it('twice, in two tabs at once, or after a lost reply is stored once and answered with its place', async () => {
      const [ann, bob] = await twoUsers();
      const asked = readOf(await friendAdded(service, ann, bob));
      const unlucky = await another({ through: losingReplies(1) });
      expect(await unlucky.send(bob, asked)).toEqual(refusal('unavailable'));
      const [stored, ...more] = await readsOf(asked.notificationId, bob);
      expect([stored?.revision, more]).toEqual([0, []]);
      const again = { outcome: 'accepted', changed: false, position: String(stored?.position) };
      expect(await unlucky.send(bob, asked)).toEqual(again);

      const next = readOf(await friendAdded(service, ann, bob));
      const instances = [service, unlucky];
      const replies = await fifty((index) => (instances[index % 2] ?? service).send(bob, next));
      expect(replies.filter((reply) => acceptance(reply).changed)).toHaveLength(1);
      expect(new Set(replies.map((reply) => acceptance(reply).position)).size).toBe(1);
      expect(await readsOf(next.notificationId, bob)).toHaveLength(1);
    });

    it('is refused to everyone but the one who was added, and when it is no news', async () => {
      const [ann, bob] = await twoUsers();
      const cleo = await registered(service, 'Cleo');
      const asked = readOf(await friendAdded(service, ann, bob));
      for (const actor of [ann, cleo, `nobody.${randomUUID().slice(0, 8)}`])
        expect(await service.send(actor, asked)).toEqual(NOT_FOUND);
      const noNews = readOf(await friendAdded(service, ann, bob, false));
      expect(await service.send(bob, noNews)).toEqual(NOT_FOUND);
      for (const reader of [ann, bob, cleo]) {
        expect(await readsOf(asked.notificationId, reader)).toEqual([]);
        expect(await readsOf(noNews.notificationId, reader)).toEqual([]);
      }
    });

    it('is refused when the id was made up, by whatever art', async () => {
      const [ann, bob] = await twoUsers();
      const cause = await friendAdded(service, ann, bob);
      const { position, id: eventId } = cause;
      const id = referenceTo(cause);
      const last = id.endsWith('0') ? '1' : '0';
      const made = [
        randomUUID(),
        eventId,
        `${id.slice(0, -1)}${last}`,
        `${id.slice(0, 19)}${id[19] === '8' ? '9' : '8'}${id.slice(20)}`,
        referenceTo({ position, id: randomUUID() }),
        ...[0n, 1n, position - 2n, position - 1n, position + 1n, position + 2n, 2n ** 60n - 1n].map((place) =>
          referenceTo({ position: place, id: eventId }),
        ),
      ];
      for (const notificationId of made) {
        expect(await service.send(bob, readNotification(notificationId))).toEqual(NOT_FOUND);
        expect(await readsOf(notificationId, bob)).toEqual([]);
      }
      acceptance(await service.send(bob, readNotification(id)));
    });

    it('is refused of events of which nobody is notified', async () => {
      const { ann, bob, chatId } = await conversation(service);
      const { messageId } = message(chatId);
      acceptance(await service.send(ann, message(chatId, 'hello', messageId)));
      acceptance(await service.send(ann, { type: 'block_user', blocked: bob }));
      acceptance(await service.send(bob, readOf(await friendAdded(service, ann, bob))));
      const others = [
        ...(await eventsOf(service, streamOf('user', bob))),
        ...(await eventsOf(service, streamOf('message', messageId))),
        ...(await eventsOf(service, streamOf('relationship', chatId))),
      ].filter(({ event }) => event.type !== 'FriendAdded');
      expect(others.map(({ event }) => event.type)).toEqual([
        'UserRegistered',
        'MessageSent',
        'ChatStarted',
        'UserBlocked',
      ]);
      for (const event of others) expect(await service.send(bob, readOf(event))).toEqual(NOT_FOUND);
    });

    it('of a tournament is accepted from everyone who was there, also when it is closed', async () => {
      const [ann, bob] = await twoUsers();
      const cleo = await registered(service, 'Cleo');
      const cause = await tournamentCreated(service, ann);
      expect(await service.send(ann, readOf(cause))).toEqual(NOT_FOUND);
      acceptance(await service.send(bob, readOf(cause)));
      const { event } = cause;
      const tournamentId = event.type === 'TournamentCreated' ? event.data.tournamentId : '';
      await logged(service, streamOf('tournament', ann), {
        type: 'TournamentClosed',
        data: { tournamentId, creator: ann, date },
      });
      for (const reader of [bob, cleo]) {
        acceptance(await service.send(reader, readOf(cause)));
        const [stored, ...more] = await readsOf(readOf(cause).notificationId, reader);
        expect([stored?.event.data.reader, more]).toEqual([reader, []]);
      }
    });

    it('of a tournament is refused to who signed up later', async () => {
      const ann = await registered(service, 'Ann');
      const cause = await tournamentCreated(service, ann);
      const late = await registered(service, 'Late');
      expect(await service.send(late, readOf(cause))).toEqual(NOT_FOUND);
      expect(await service.send('nobody.of.this.name', readOf(cause))).toEqual(NOT_FOUND);
      acceptance(await service.send(late, readOf(await tournamentCreated(service, ann))));
    });

    it('of a tournament is refused to who blocked its creator then, whatever came before and after', async () => {
      const [ann, bob] = await twoUsers();
      const block = (actor: string, blocked: string) => service.send(actor, { type: 'block_user', blocked });
      const unblock = (actor: string, blocked: string) =>
        service.send(actor, { type: 'unblock_user', blocked });
      acceptance(await block(bob, ann));
      const whileBlocked = await tournamentCreated(service, ann);
      expect(await service.send(bob, readOf(whileBlocked))).toEqual(NOT_FOUND);
      acceptance(await unblock(bob, ann));
      expect(await service.send(bob, readOf(whileBlocked))).toEqual(NOT_FOUND);
      const afterUnblocking = await tournamentCreated(service, ann);
      acceptance(await block(bob, ann));
      acceptance(await service.send(bob, readOf(afterUnblocking)));
      acceptance(await unblock(bob, ann));
      // Her block is hers: he goes on hearing of what she announces to everyone.
      acceptance(await block(ann, bob));
      acceptance(await service.send(bob, readOf(await tournamentCreated(service, ann))));
      expect(await eventsOf(service, streamOf('relationship', pairId(ann, bob)))).toHaveLength(5);
    });

    it('of an invitation is accepted from its invitee alone, also after it has ended', async () => {
      const { inviter, invitee } = await invitation(service);
      const cleo = await registered(service, 'Cleo');
      const [sent] = await playerEvents(service, inviter);
      if (!sent) expect.unreachable('no invitation');
      for (const actor of [inviter, cleo]) expect(await service.send(actor, readOf(sent))).toEqual(NOT_FOUND);
      const ofGame = readNotification(referenceTo(sent, 'game'));
      expect(await service.send(invitee, ofGame)).toEqual(NOT_FOUND);
      acceptance(await service.send(invitee, accept(inviter)));
      acceptance(await service.send(invitee, readOf(sent)));
      const [stored, ...more] = await readsOf(referenceTo(sent), invitee);
      expect(stored?.event.data).toMatchObject({ reader: invitee, causePosition: String(sent.position) });
      expect(more).toEqual([]);
      for (const event of [
        ...(await playerEvents(service, inviter)).slice(1),
        ...(await playerEvents(service, invitee)),
      ])
        expect(await service.send(invitee, readOf(event))).toEqual(NOT_FOUND);
    });

    it('is not refused, but unavailable, while the log cannot be read', async () => {
      const [ann, bob] = await twoUsers();
      const cause = await tournamentCreated(service, ann);
      const blind = await another({ through: notReadable });
      expect(await blind.send(bob, readOf(cause))).toEqual(refusal('unavailable'));
      const halfBlind = await another({
        through: (store) => ({ ...store, readStream: notReadable(store).readStream }),
      });
      expect(await halfBlind.send(bob, readOf(cause))).toEqual(refusal('unavailable'));
      expect(await readsOf(readOf(cause).notificationId, bob)).toEqual([]);
    });
  });

  describe('mark_all_as_read', () => {
    const markAll = (upTo: bigint) => ({ type: 'mark_all_as_read', upTo: upTo.toString() }) as const;
    const marksOf = async (reader: string) =>
      (await eventsOf(service, streamOf('inbox', reader))).map(({ event }) => event.data.upTo);

    it('stores up to where, and answers the place', async () => {
      const bob = await registered(service, 'Bob');
      const reply = acceptance(await service.send(bob, markAll(2n ** 62n)));
      const [stored] = await eventsOf(service, streamOf('inbox', bob));
      expect(stored?.event).toEqual({
        type: 'AllNotificationsRead',
        data: { reader: bob, upTo: '4611686018427387904', date },
      });
      expect(reply).toEqual({ outcome: 'accepted', changed: true, position: String(stored?.position) });
    });

    it('again, or less far, changes nothing; further on, it does', async () => {
      const bob = await registered(service, 'Bob');
      const first = acceptance(await service.send(bob, markAll(7n)));
      for (const upTo of [7n, 6n, 0n])
        expect(await service.send(bob, markAll(upTo))).toEqual({ ...first, changed: false });
      acceptance(await service.send(bob, markAll(8n)));
      expect(await marksOf(bob)).toEqual(['7', '8']);
    });

    it('by fifty tabs at once goes forward only, and as far as the furthest', async () => {
      const bob = await registered(service, 'Bob');
      const other = await another();
      const replies = await fifty((index) =>
        (index % 2 ? service : other).send(bob, markAll(BigInt((index * 7) % 50))),
      );
      for (const reply of replies) acceptance(reply);
      const marks = (await marksOf(bob)).map(BigInt);
      expect(marks).toEqual(marks.toSorted((a, b) => (a < b ? -1 : 1)));
      expect(marks.at(-1)).toBe(49n);
    });

    it('concerns nobody else', async () => {
      const [ann, bob] = await twoUsers();
      acceptance(await service.send(bob, markAll(7n)));
      expect(await marksOf(ann)).toEqual([]);
    });
  });
});
