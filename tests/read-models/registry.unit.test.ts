import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { streamPrefixOf } from '../../platform/event-store/stream-name.ts';
import {
  EVENT_ROOMS,
  MIGRATIONS,
  PROJECTED_EVENTS,
  PROJECTED_STREAMS,
  ROOMS,
  withNeeded,
} from '../../read-models/registry.ts';
import { Story } from '../projection-service/story.ts';

describe('the registry of rooms', () => {
  it('finds the streams of every event that is projected', () => {
    const story = new Story()
      .signsUp('Ann', 'Bob')
      .renames('Ann', 'Anja')
      .chat('Ann', 'Bob')
      .befriends('Ann', 'Bob')
      .unfriends('Ann', 'Bob')
      .blocks('Ann', 'Bob')
      .unblocks('Ann', 'Bob');
    const sent = story.sends('Ann', 'Bob');
    story.likes(sent).unlikes(sent).reads(sent).closes('Ann', story.announces('Ann'));
    story.readsNotification('Bob', sent.position).marksAllRead('Bob', sent.position);
    const invitation = story.invites('Ann', 'Bob');
    for (const type of STEPS_OF_DUELS) story.duel(invitation, type);
    story.drops('Ann', story.opens('Ann')).goes('Ann').erases('Ann').completesErasure('Ann');
    expect(new Set(story.events.map(({ event }) => event.type))).toEqual(PROJECTED_EVENTS);
    for (const { event, stream } of story.events) {
      expect(stream.startsWith(streamPrefixOf(event.type))).toBe(true);
      expect(PROJECTED_STREAMS.some((prefix) => stream.startsWith(prefix))).toBe(true);
    }
  });

  it('has each table, each migration and each part of the write once', () => {
    const all = (of: (room: (typeof ROOMS)[number]) => readonly string[]) => ROOMS.flatMap(of);
    for (const names of [
      all(({ name }) => [name]),
      all(({ tables }) => tables),
      all(({ migrations }) => Object.keys(migrations)),
    ]) {
      expect(names).toEqual([...new Set(names)]);
    }
    const ofRooms = Object.keys(MIGRATIONS).filter((name) => !name.startsWith('progress-'));
    expect(ofRooms).toEqual(all(({ migrations }) => Object.keys(migrations)));
    for (const { name, migrations } of ROOMS) {
      expect(Object.keys(migrations).every((migration) => migration.startsWith(`${name}-`))).toBe(true);
    }
  });

  it('names for each room those that it builds on, which come before it', () => {
    const needed = Object.fromEntries(
      ROOMS.map((room) => [room.name, withNeeded([room]).map(({ name }) => name)]),
    );
    const all = EVENT_ROOMS.map(({ name }) => name);
    expect(needed).toEqual({
      users: ['users'],
      presence: ['presence'],
      relationships: ['relationships'],
      chats: ['chats'],
      tournaments: ['tournaments'],
      duels: ['users', 'relationships', 'duels'],
      notifications: ['users', 'relationships', 'tournaments', 'notifications'],
      counters: [...all, 'counters'],
      feed: [...all, 'feed'],
    });
  });

  it('opens no room without those that it builds on', () => {
    for (const room of EVENT_ROOMS.filter(({ needs }) => needs.length > 0)) {
      expect(() => room.open({}), room.name).toThrow('the room users is not open there');
      const together = {};
      for (const before of withNeeded([room])) before.open(together);
    }
  });

  it('does not compile with an event type that has no place in it', () => {
    const errors = errorsWith('domain/domain-event.ts', (text) =>
      text
        .replace(
          '| ReadingEvent',
          "| ReadingEvent | { readonly type: 'TagAdded'; readonly data: { readonly date: string } }",
        )
        .replace("MessagesRead: 'reading',", "MessagesRead: 'reading', TagAdded: 'tag',"),
    );
    expect(errors.filter(({ file }) => file === 'read-models/registry.ts')).toEqual([
      { file: 'read-models/registry.ts', text: expect.stringContaining('TagAdded') },
    ]);
  });
});

const STEPS_OF_DUELS = [
  'SeatReserved',
  'InviteAccepted',
  'InviteDeclined',
  'InviteCancelled',
  'InviteExpired',
  'SeatReleased',
  'GameFinished',
] as const;

/** What the compiler says of the registry when this file is another. */
function errorsWith(path: string, change: (text: string) => string) {
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, process.cwd());
  const host = ts.createCompilerHost(options);
  const read = host.readFile;
  host.readFile = (file) =>
    resolve(file) === resolve(path) ? change(readFileSync(path, 'utf8')) : read(file);
  const program = ts.createProgram(['read-models/registry.ts'], { ...options, noEmit: true }, host);
  return program.getSemanticDiagnostics().map(({ file, messageText }) => ({
    file: file?.fileName.replace(`${process.cwd()}/`, ''),
    text: ts.flattenDiagnosticMessageText(messageText, ' '),
  }));
}
