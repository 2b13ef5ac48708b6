import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { type RallyService, SERVICE_OPTIONS } from './service-options.ts';

const service = z.object({
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  restart: z.string(),
  healthcheck: z.object({ test: z.array(z.string()), start_period: z.string().optional() }),
  depends_on: z.record(z.string(), z.unknown()).default({}),
  stop_grace_period: z.string().optional(),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()).default([]),
  networks: z.array(z.string()),
  volumes: z.array(z.string()).default([]),
});

const composeFile = z.object({
  services: z.record(z.string(), service),
  networks: z.record(z.string(), z.unknown()),
  volumes: z.record(z.string(), z.unknown()),
});

export type ComposeService = z.output<typeof service>;

export const COMPOSE_TEXT = readFileSync('compose.yaml', 'utf8');

/** As written, nothing interpolated. */
export const composeDocument: unknown = parse(COMPOSE_TEXT, { merge: true });

export const compose = composeFile.parse(composeDocument);

/** The folder of the Rally service that a container runs; null: it runs something else. */
export function rallyServiceOf({ command }: ComposeService): RallyService | null {
  const folder = /^dist\/([a-z-]+)\/main\.js$/.exec(command.at(-1) ?? '')?.[1] ?? '';
  return isRallyService(folder) ? folder : null;
}

const isRallyService = (folder: string): folder is RallyService => folder in SERVICE_OPTIONS;

export interface Reference {
  readonly name: string;
  /** `required` stops Compose when it is not set. */
  readonly otherwise: 'required' | 'default';
}

const REFERENCE = /\$\{(\w+)(:\?|:-)([^}]*)\}/g;

/** What Compose takes from `.env`. */
export const references = (text: string): Reference[] =>
  [...text.matchAll(REFERENCE)].map(([, name = '', operator]) => ({
    name,
    otherwise: operator === ':?' ? 'required' : 'default',
  }));

/** As Compose does it. */
export const interpolated = (text: string, environment: Readonly<Record<string, string>>): string =>
  text.replaceAll(REFERENCE, (_, name: string, operator: string, otherwise: string) => {
    const value = environment[name] || (operator === ':-' ? otherwise : undefined);
    if (value === undefined) throw new Error(`${name}: ${otherwise}`);
    return value;
  });
