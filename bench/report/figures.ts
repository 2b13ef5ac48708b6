import type { Spread } from '../measures/spread.ts';
import type { Aim } from './aims.ts';

/** Three significant digits, thousands apart. */
export const figure = (value: number): string => (Number.isFinite(value) ? digits(value) : '–');

const digits = (value: number): string =>
  value.toLocaleString('en', value >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 });

export const spreadText = ({ median, min, max, runs }: Spread): string =>
  runs === 1 ? figure(median) : `${figure(median)} (${figure(min)}–${figure(max)})`;

export const valueText = ({ value, unit }: Aim): string =>
  value === null ? 'not measured' : `${figure(value)} ${unit}`;

export const verdict = ({ value, met }: Aim): string => (value === null ? '–' : met ? 'met' : 'not met');
