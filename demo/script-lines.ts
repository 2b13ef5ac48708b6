import { styleText } from 'node:util';
import type { Received, Tab } from './tab.ts';

type Style = Parameters<typeof styleText>[0];

const paint = (style: Style, text: string): string => (process.stdout.isTTY ? styleText(style, text) : text);

const print = (line: string): void => void process.stdout.write(`${line}\n`);

export const heading = (text: string): void => print(`\n${paint('bold', text)}`);

export const remark = (text: string): void => print(`  ${paint('dim', text)}`);

/** One frame at one tab, and how long after `sinceMs` it came. */
export function hop(tab: Tab, { frame, atMs }: Received, sinceMs: number, note = noteOf(frame.data)): void {
  const kind = frame.action === 'ack' ? 'ack ' : frame.action === 'welcome' ? 'here' : 'push';
  const color = kind === 'push' ? 'cyan' : 'green';
  const who = `${tab.person.name}'s ${tab.device}`.padEnd(14);
  const took = `${(atMs - sinceMs).toFixed(1)} ms`.padStart(9);
  print(`  ${paint(color, kind)}  ${who}${paint('yellow', took)}  ${frame.action.padEnd(21)}${note}`);
}

type Data = Readonly<Record<string, unknown>>;

function noteOf(data: Data): string {
  if (typeof data.content === 'string') return `"${data.content}"`;
  if (data.status === 'online' || data.status === 'offline') return `${data.nickname} is ${data.status}`;
  if ('is_liked' in data) return data.is_liked ? 'liked' : 'not liked any more';
  if ('reader' in data) return 'read';
  if ('is_friend' in data)
    return data.is_friend ? `${data.username} is a friend` : `${data.username} is no friend`;
  if (isOfGame(data)) return noteOfGame(data);
  if (typeof data.tournament_name === 'string') return `"${data.tournament_name}" by ${data.nickname}`;
  if ('chat_id' in data && 'username' in data) return `${data.username} is writing`;
  if ('nickname' in data) return `${data.nickname}`;
  if ('status' in data) return `${data.status}`;
  if ('is_read' in data) return data.id === null ? 'all are read' : 'read';
  return `stored at ${data.position}`;
}

const isOfGame = (data: Data): boolean => 'game_id' in data || 'client_id' in data;

function noteOfGame(data: Data): string {
  if ('invitee' in data) return `from ${data.nickname}`;
  if ('client_id' in data) return `by ${data.nickname}`;
  return 'reason' in data ? `${data.reason}` : `against ${data.nickname}`;
}
