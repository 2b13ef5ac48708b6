import fc from 'fast-check';
import { AnyDuels } from './any-duels.ts';
import { type Sent, Story } from './story.ts';

const NAMES = ['Ann', 'bob', 'Cid'] as const;
const LATE = 'Dee';

/** Some are the beginning of another, or of a username, or somebody's username. */
const NICKNAMES = ['Ann', 'AN', 'annabel', 'bob', 'Bobby', 'b'] as const;

const ANY_MOVES = [
  'send',
  'send',
  'send',
  'like',
  'read',
  'read',
  'block',
  'befriend',
  'befriend',
  'rename',
  'announce',
  'announce',
  'read notification',
  'read notification',
  'mark all',
  'join',
  'duel',
  'duel',
  'duel',
  'come',
  'come',
  'leave',
  'leave',
] as const;

/** `size`: as `fc.array` has it. */
const storyOf = (moves: readonly MoveKind[], size?: 'max'): fc.Arbitrary<Story> =>
  fc
    .array(
      fc.record({
        kind: fc.constantFrom(...moves),
        who: fc.nat({ max: 3 }),
        whom: fc.nat({ max: 2 }),
        which: fc.nat(),
      }),
      { minLength: 5, maxLength: 60, ...(size && { size }) },
    )
    .map(tell);

/** Three users, and one who may come later, who do anything that the domain allows. */
export const anyStory = storyOf(ANY_MOVES);

/** The same users, and all that has to do with notifications, at length. */
export const anyNotificationStory = storyOf(
  [
    'block',
    'befriend',
    'befriend',
    'announce',
    'announce',
    'duel',
    'duel',
    'duel',
    'read notification',
    'read notification',
    'read notification',
    'mark all',
    'mark all',
    'join',
  ],
  'max',
);

/** The same users, who invite, answer and block all the time. */
export const anyDuelStory = storyOf(
  ['duel', 'duel', 'duel', 'duel', 'duel', 'block', 'block', 'rename', 'come', 'leave', 'leave'],
  'max',
);

/** The same users, who come and go all the time, and sometimes invite. */
export const anyPresenceStory = storyOf(
  ['come', 'come', 'come', 'leave', 'leave', 'leave', 'duel', 'block', 'rename', 'join'],
  'max',
);

type MoveKind = (typeof ANY_MOVES)[number];

interface Move {
  readonly kind: MoveKind;
  readonly who: number;
  readonly whom: number;
  readonly which: number;
}

function tell(moves: readonly Move[]): Story {
  const story = new Story().signsUp(...NAMES);
  const sent: Sent[] = [];
  const started = new Set<string>();
  const toggled = new Set<string>();
  const read = new Map<string, bigint>();
  const open = new Map<string, string>();
  const people: string[] = [...NAMES];
  /** Of what was not read by itself yet. */
  const notified: { readonly reader: string; readonly cause: bigint }[] = [];
  const marked = new Map<string, bigint>();
  const duels = new AnyDuels(story);
  const toggle = (key: string): boolean => (toggled.delete(key) ? false : toggled.add(key).has(key));
  for (const { kind, who, whom, which } of moves) {
    const one = people[who % people.length] ?? 'Ann';
    const others = people.filter((name) => name !== one);
    const other = others[whom % others.length] ?? 'bob';
    const message = sent[which % Math.max(sent.length, 1)];
    if (kind === 'send') {
      const pair = [one, other].sort().join();
      if (!started.has(pair)) story.chat(one, other);
      started.add(pair);
      sent.push(story.sends(one, other, `message ${which}`));
    } else if (kind === 'block') {
      if (toggle(`${one} blocks ${other}`)) {
        story.blocks(one, other);
        toggled.delete(`${one} befriends ${other}`);
        toggled.delete(`${other} befriends ${one}`);
      } else story.unblocks(one, other);
    } else if (kind === 'befriend') {
      if (toggled.has(`${one} blocks ${other}`) || toggled.has(`${other} blocks ${one}`)) continue;
      const isNews = which % 2 === 0;
      if (!toggle(`${one} befriends ${other}`)) story.unfriends(one, other);
      else if (story.befriends(one, other, isNews) && isNews)
        notified.push({ reader: other, cause: story.position });
    } else if (kind === 'rename') {
      story.renames(one, NICKNAMES[which % NICKNAMES.length] ?? one, `/${which}.png`);
    } else if (kind === 'announce') {
      const id = open.get(one);
      if (id !== undefined && open.delete(one)) story.closes(one, id);
      else {
        open.set(one, story.announces(one, `cup ${which}`));
        const readers = others.filter((name) => !toggled.has(`${name} blocks ${one}`));
        notified.push(...readers.map((reader) => ({ reader, cause: story.position })));
      }
    } else if (kind === 'read notification') {
      const [read] = notified.splice(which % Math.max(notified.length, 1), 1);
      if (read) story.readsNotification(read.reader, read.cause);
    } else if (kind === 'mark all') {
      const upTo = story.events.at(-(which % 12) - 1)?.position ?? 0n;
      if (upTo <= (marked.get(one) ?? -1n)) continue;
      marked.set(one, upTo);
      story.marksAllRead(one, upTo);
    } else if (kind === 'join') {
      if (!people.includes(LATE)) story.signsUp(LATE);
      people[NAMES.length] = LATE;
    } else if (kind === 'duel') {
      duels.goOn(one, other, which);
      const told = story.events.at(-1);
      if (told?.event.type === 'InviteSent')
        notified.push({ reader: told.event.data.invitee, cause: told.position });
    } else if (kind === 'come') {
      story.opens(one);
    } else if (kind === 'leave') {
      const { sessions, isOnline } = story.presenceOf(one);
      const session = sessions[which % Math.max(sessions.length, 1)];
      if (session) story.drops(one, session.sessionId, which % 2 ? 0 : 3000);
      else if (isOnline) story.goes(one);
    } else if (message && kind === 'like') {
      if (toggle(message.id)) story.likes(message);
      else story.unlikes(message);
    } else if (message && message.position > (read.get(message.chatId + message.recipient) ?? -1n)) {
      read.set(message.chatId + message.recipient, message.position);
      story.reads(message);
    }
  }
  return story;
}
