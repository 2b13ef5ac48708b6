import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WINDOW_MS } from '../../domain/tournament.ts';
import { streamOf } from '../../platform/event-store/stream-name.ts';
import { acceptance, eventsOf, fifty, refusal, registered } from './conversation.ts';
import {
  type RunningCommandService,
  runCommandService,
  useCommandService,
} from './running-command-service.ts';
import { closing, creation } from './tournament-commands.ts';
import { describeTwoInstances } from './two-instances.ts';

const service = useCommandService();
const date = '2026-01-02T03:04:05.678Z';

const typesOf = async (creator: string, of: RunningCommandService = service) =>
  (await eventsOf(of, streamOf('tournament', creator))).map(({ event }) => event.type);

describe('create_tournament', () => {
  it('announces it in the stream of its creator, whatever the case of the name, and answers its id', async () => {
    const ann = await registered(service, 'Ann');
    const command = creation();
    const { type: _, ...about } = command;
    const reply = acceptance(await service.send(ann, command));
    const [stored] = await eventsOf(service, streamOf('tournament', ann.toUpperCase()));
    expect(stored?.event).toEqual({ type: 'TournamentCreated', data: { ...about, creator: ann, date } });
    const position = String(stored?.position);
    expect(reply).toEqual({ outcome: 'accepted', changed: true, id: command.tournamentId, position });
  });

  it('is refused while the creator has an open one, and nobody else’s is in the way', async () => {
    const [ann, bob] = [await registered(service, 'Ann'), await registered(service, 'Bob')];
    acceptance(await service.send(ann, creation()));
    expect(await service.send(ann.toUpperCase(), creation())).toEqual(refusal('tournament_open'));
    expect(acceptance(await service.send(bob, creation())).changed).toBe(true);
    expect(await typesOf(ann)).toEqual(['TournamentCreated']);
  });

  it('is known again by its command after others, and costs the same however many there were', async () => {
    const limits: number[] = [];
    const watched = await runCommandService({
      databaseUrl: service.databaseUrl,
      through: (store) => ({
        ...store,
        readStream(stream, options) {
          limits.push(options.limit);
          return store.readStream(stream, options);
        },
      }),
    });
    onTestFinished(() => watched.stop());
    let now = Date.parse(date);
    // From one command to the next as long as a user has to wait after a few announcements.
    const clock = () => {
      now += WINDOW_MS;
      return new Date(now);
    };
    const unhurried = await runCommandService({ databaseUrl: service.databaseUrl, clock });
    onTestFinished(() => unhurried.stop());
    const ann = await registered(service, 'Ann');
    const tournaments = Array.from({ length: 12 }, () => ({ command: creation(), commandId: randomUUID() }));
    for (const { command, commandId } of tournaments) {
      const first = acceptance(await unhurried.send(ann, command, commandId));
      acceptance(await unhurried.send(ann, closing(command.tournamentId)));
      expect(await unhurried.send(ann, command, commandId)).toEqual(first);
    }
    const earlier = tournaments.at(-4);
    if (!earlier) throw new Error('no tournament');
    const again = acceptance(await watched.send(ann, earlier.command, earlier.commandId));
    expect(again).toMatchObject({ changed: true, id: earlier.command.tournamentId });
    expect(await typesOf(ann)).toHaveLength(24);
    expect(Math.max(...limits)).toBeLessThan(24);
  });
});

describe('close_tournament', () => {
  it('closes the open one of the actor, and the next may be created', async () => {
    const ann = await registered(service, 'Ann');
    const { tournamentId, ...about } = creation();
    acceptance(await service.send(ann, { ...about, tournamentId }));
    const reply = acceptance(await service.send(ann, closing(tournamentId)));
    const [, closed] = await eventsOf(service, streamOf('tournament', ann));
    expect(closed?.event).toEqual({ type: 'TournamentClosed', data: { tournamentId, creator: ann, date } });
    expect(reply).toEqual({ outcome: 'accepted', changed: true, position: String(closed?.position) });
    expect(acceptance(await service.send(ann, creation())).changed).toBe(true);
  });

  it('changes nothing where it is closed, or not the open one', async () => {
    const [ann, bob] = [await registered(service, 'Ann'), await registered(service, 'Bob')];
    const [first, second, bobs] = [creation(), creation(), creation()];
    acceptance(await service.send(bob, bobs));
    acceptance(await service.send(ann, first));
    acceptance(await service.send(ann, closing(first.tournamentId)));
    const { position } = acceptance(await service.send(ann, second));
    for (const { tournamentId } of [first, bobs]) {
      const reply = await service.send(ann, closing(tournamentId));
      expect(reply).toEqual({ outcome: 'accepted', changed: false, position });
    }
    expect(await typesOf(ann)).toEqual(['TournamentCreated', 'TournamentClosed', 'TournamentCreated']);
    expect(await typesOf(bob)).toEqual(['TournamentCreated']);
  });

  it('is refused to who never had any', async () => {
    const ann = await registered(service, 'Ann');
    expect(await service.send(ann, closing(randomUUID()))).toEqual(refusal('tournament_not_found'));
    expect(await typesOf(ann)).toEqual([]);
  });
});

describeTwoInstances('tournaments', (instances) => {
  it('of fifty creations at once by one user one is stored, and the others are refused', async () => {
    const { one, turn } = instances();
    const ann = await registered(one, 'Ann');
    const replies = await fifty((index) => turn(index).send(ann, creation()));
    const stored = await eventsOf(one, streamOf('tournament', ann));
    expect(stored).toHaveLength(1);
    const accepted = replies.flatMap((reply) => (reply.outcome === 'accepted' ? [reply] : []));
    expect(accepted).toEqual([
      {
        outcome: 'accepted',
        changed: true,
        position: String(stored[0]?.position),
        id: stored[0]?.event.data.tournamentId,
      },
    ]);
    for (const reply of replies)
      if (reply.outcome === 'refused') expect(['tournament_open', 'unavailable']).toContain(reply.code);
  });

  it('of fifty closings at once one is stored, and all are accepted', async () => {
    const { one, two, turn } = instances();
    const ann = await registered(one, 'Ann');
    const { tournamentId } = creation();
    acceptance(await one.send(ann, { ...creation(), tournamentId }));
    const replies = await fifty((index) => turn(index).send(ann, closing(tournamentId)));
    const stored = await eventsOf(two, streamOf('tournament', ann));
    expect(stored.map(({ event }) => event.type)).toEqual(['TournamentCreated', 'TournamentClosed']);
    expect(replies.filter((reply) => acceptance(reply).changed)).toHaveLength(1);
    for (const reply of replies) expect(acceptance(reply).position).toBe(String(stored[1]?.position));
  });

  it('creations and closings at once alternate in the log, each close of the one before', async () => {
    const { one, turn } = instances();
    const ann = await registered(one, 'Ann');
    const wished = Array.from({ length: 17 }, () => creation());
    const wish = (index: number) => wished[index % 17] ?? creation();
    await fifty((index) =>
      turn(index).send(ann, index % 3 ? closing(wish(index * 7).tournamentId) : wish(index / 3)),
    );
    const stored = await eventsOf(one, streamOf('tournament', ann));
    expect(stored.length).toBeGreaterThan(0);
    for (const [index, { event }] of stored.entries()) {
      expect(event.type).toBe(index % 2 ? 'TournamentClosed' : 'TournamentCreated');
      if (index % 2) expect(event.data.tournamentId).toBe(stored[index - 1]?.event.data.tournamentId);
    }
  });
});
