import type { Language } from './language.ts';
import { useSurroundings } from './surroundings.ts';

export interface Dates {
  /** 14:05 */
  time(date: Date): string;
  /** Today, Yesterday, Monday, or 3 May 2026 */
  day(date: Date, now: Date): string;
  /** The time when it was today, else the day, short. */
  short(date: Date, now: Date): string;
  /** 3 May 2026, always. */
  date(date: Date): string;
  /** All of it, for whoever wants to know exactly. */
  full(date: Date): string;
}

/** Dates as people of this language write them, in the time zone of this machine. */
export function useDates(): Dates {
  const { language } = useSurroundings();
  const regional = regionalOf(language, navigator.languages);
  const dates = made.get(regional) ?? datesIn(regional);
  made.set(regional, dates);
  return dates;
}

/** Formats take long to make. */
const made = new Map<string, Dates>();

/** The language as the reader's region writes it, `en-GB`, as far as the browser tells. */
export const regionalOf = (language: Language, read: readonly string[]): string =>
  read.find((tag) => tag.toLowerCase().split('-')[0] === language) ?? language;

const DAY_MS = 86_400_000;

export function datesIn(language: string): Dates {
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language, options);
  const time = format({ hour: '2-digit', minute: '2-digit' });
  const weekday = format({ weekday: 'long' });
  const date = format({ day: 'numeric', month: 'long', year: 'numeric' });
  const short = format({ day: 'numeric', month: 'short' });
  const full = format({ dateStyle: 'full', timeStyle: 'medium' });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const daysAgo = (day: Date, now: Date) => Math.round((startOfDay(now) - startOfDay(day)) / DAY_MS);
  return {
    time: (moment) => time.format(moment),
    day(day, now) {
      const ago = daysAgo(day, now);
      if (ago < 2) return capitalized(relative.format(-Math.max(ago, 0), 'day'), language);
      return ago < 7 ? capitalized(weekday.format(day), language) : date.format(day);
    },
    short: (moment, now) => (daysAgo(moment, now) < 1 ? time.format(moment) : short.format(moment)),
    date: (moment) => date.format(moment),
    full: (moment) => full.format(moment),
  };
}

export const isSameDay = (one: Date, other: Date): boolean => startOfDay(one) === startOfDay(other);

const startOfDay = (date: Date): number =>
  new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

const capitalized = (text: string, language: string): string =>
  text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
