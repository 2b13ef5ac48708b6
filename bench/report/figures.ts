import type { Spread } from '../measures/spread.ts';
import type { Aim } from './aims.ts';

/** Three significant digits, thousands apart. */
export const figure = (value: number): string => (Number.isFinite(value) ? digits(value) : '–');

const digits = (value: number): string =>
  value.toLocaleString('en', value >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 });

export const spreadText = ({ median, min, max, runs }: Spread): string =>
  runs === 1 ? figure(median) : `${figure(median)} (${figure(min)}–${figure(max)})`;

/** Where Rally stands, as a table. */
export const AIMS_HEAD = ['Rally', 'measured', 'aim', ''] as const;

export const aimRows = (aims: readonly Aim[]): string[][] =>
  aims.map((aim) => [aim.measure, valueText(aim), aim.aim, verdict(aim)]);

const valueText = ({ value, unit }: Aim): string =>
  value === null ? 'not measured' : `${figure(value)} ${unit}`;

const verdict = ({ value, met }: Aim): string => (value === null ? '–' : met ? 'met' : 'not met');
