import fc from 'fast-check';
import { type Sent, Story } from './story.ts';

const NAMES = ['Ann', 'bob', 'Cid'] as const;

/** Some are the beginning of another, or of a username, or somebody's username. */
const NICKNAMES = ['Ann', 'AN', 'annabel', 'bob', 'Bobby', 'b'] as const;

const move = fc.record({
  kind: fc.constantFrom(
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
  ),
  who: fc.nat({ max: 2 }),
  whom: fc.nat({ max: 1 }),
  which: fc.nat(),
});

type Move = typeof move extends fc.Arbitrary<infer M> ? M : never;

/** Three users who do anything that the domain allows. */
export const anyStory: fc.Arbitrary<Story> = fc.array(move, { minLength: 5, maxLength: 60 }).map(tell);

function tell(moves: readonly Move[]): Story {
  const story = new Story().signsUp(...NAMES);
  const sent: Sent[] = [];
  const started = new Set<string>();
  const toggled = new Set<string>();
  const read = new Map<string, bigint>();
  const open = new Map<string, string>();
  const toggle = (key: string): boolean => (toggled.delete(key) ? false : toggled.add(key).has(key));
  for (const { kind, who, whom, which } of moves) {
    const one = NAMES[who] ?? 'Ann';
    const other = NAMES[(who + whom + 1) % 3] ?? 'bob';
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
      if (toggle(`${one} befriends ${other}`)) story.befriends(one, other, which % 2 === 0);
      else story.unfriends(one, other);
    } else if (kind === 'rename') {
      story.renames(one, NICKNAMES[which % NICKNAMES.length] ?? one, `/${which}.png`);
    } else if (kind === 'announce') {
      const id = open.get(one);
      if (id === undefined) open.set(one, story.announces(one, `cup ${which}`));
      else if (open.delete(one)) story.closes(one, id);
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
