import { styleText } from 'node:util';
import type { AckData, ClientAction, PushFrame } from '../client/wire.ts';
import type { Tab } from './tab.ts';

type Style = Parameters<typeof styleText>[0];

const paint = (style: Style, text: string): string => (process.stdout.isTTY ? styleText(style, text) : text);

const print = (line: string): void => void process.stdout.write(`${line}\n`);

export const heading = (text: string): void => print(`\n${paint('bold', text)}`);

export const remark = (text: string): void => print(`  ${paint('dim', text)}`);

/** A push at one tab, and how long it took. */
export const pushed = (tab: Tab, frame: PushFrame, tookMs: number): void =>
  print(line(paint('cyan', 'push'), tab, tookMs, frame.action, noteOf(frame)));

/** The ack of a frame. What is not kept is stored nowhere. */
export function acked(tab: Tab, action: ClientAction, { position }: AckData, tookMs: number): void {
  const isKept = action !== 'typing' && action !== 'watch_presence';
  print(line(paint('green', 'ack '), tab, tookMs, action, isKept ? `stored at ${position}` : 'taken'));
}

export const welcomed = (tab: Tab, tookMs: number, note: string): void =>
  print(line(paint('green', 'here'), tab, tookMs, 'welcome', note));

function line(kind: string, { name }: Tab, tookMs: number, action: string, note: string): string {
  const took = `${tookMs.toFixed(1)} ms`.padStart(9);
  return `  ${kind}  ${name.padEnd(14)}${paint('yellow', took)}  ${action.padEnd(21)}${note}`;
}

function noteOf(frame: PushFrame): string {
  switch (frame.action) {
    case 'new_message':
      return `"${frame.data.content}"`;
    case 'like_message':
      return frame.data.is_liked ? 'liked' : 'not liked any more';
    case 'read_message':
      return 'read';
    case 'typing':
      return `${frame.data.username} is writing`;
    case 'user_online':
    case 'user_offline':
      return `${frame.data.nickname} is ${frame.data.status}`;
    case 'relationship_changed':
      return `${frame.data.username} is ${frame.data.is_friend ? 'a' : 'no'} friend`;
    case 'new_tournament':
      return `"${frame.data.tournament_name}" by ${frame.data.nickname}`;
    case 'notification_updated':
      return frame.data.status ?? (frame.data.id === null ? 'all are read' : 'read');
    case 'game_invite':
      return `from ${frame.data.nickname}`;
    case 'game_invite_canceled':
      return `by ${frame.data.nickname}`;
    case 'game_accepted':
      return `against ${frame.data.nickname}`;
    case 'game_finished':
      return frame.data.reason;
    case 'new_friend':
    case 'game_declined':
      return frame.data.nickname;
  }
}
