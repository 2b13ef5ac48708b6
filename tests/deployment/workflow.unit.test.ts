import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { COMPOSE_TEXT, compose, references } from './compose-file.ts';

const step = z.union([
  z.strictObject({ uses: z.string(), with: z.record(z.string(), z.unknown()).optional() }),
  z.strictObject({ name: z.string().optional(), if: z.string().optional(), run: z.string() }),
]);

const workflow = z.object({
  permissions: z.record(z.string(), z.literal('read')),
  jobs: z.record(
    z.string(),
    z.object({
      'runs-on': z.string(),
      'timeout-minutes': z.number(),
      strategy: z.object({ matrix: z.object({ node: z.array(z.number()) }) }).optional(),
      steps: z.array(step),
    }),
  ),
});

describe('the workflow of the public home', () => {
  const { jobs } = workflow.parse(parse(readFileSync('.github/workflows/ci.yml', 'utf8')));
  const steps = Object.values(jobs).flatMap((job) => job.steps);
  const script = steps.flatMap((each) => ('run' in each ? each.run : [])).join('\n');

  it('tests on each Node that is supported, with and without containers', () => {
    expect(jobs.test?.strategy?.matrix.node).toEqual([20, 22, 24]);
    expect(script).toContain('make test\n');
    expect(script).toContain('make test-containers');
    expect(script).toContain('docker compose up --build --wait');
  });

  it('uses actions of a known version', () => {
    for (const each of steps) if ('uses' in each) expect(each.uses).toMatch(/^[\w-]+\/[\w-]+@v\d+$/);
  });

  it('makes only what can be made', () => {
    const targets = readFileSync('Makefile', 'utf8').matchAll(/^([a-z-]+):/gm);
    const known = [...targets].map(([, target]) => target);
    for (const [, target] of script.matchAll(/\bmake ([a-z-]+)/g)) expect(known).toContain(target);
  });

  it('sets what Compose asks for, and speaks of services that are there', () => {
    const set = [...script.matchAll(/echo "(\w+)=/g)].map(([, name]) => name);
    for (const { name, otherwise } of references(COMPOSE_TEXT))
      if (otherwise === 'required') expect(set).toContain(name);
    const [, replaced = ''] = /for service in ([^;]+);/.exec(script) ?? [];
    for (const service of replaced.split(' ')) expect(Object.keys(compose.services)).toContain(service);
  });
});
