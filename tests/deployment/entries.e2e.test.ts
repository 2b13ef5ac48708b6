import { describe, expect, it } from 'vitest';
import { localClusterConfiguration } from '../../local-cluster/configuration.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { standaloneConfiguration } from '../../standalone/configuration.ts';
import { spawnRally } from '../support/rally-process.ts';
import { SERVICE_OPTIONS } from './service-options.ts';

const OPTIONS = {
  standalone: standaloneConfiguration,
  'local-cluster': localClusterConfiguration,
  ...SERVICE_OPTIONS,
};

describe.each(Object.entries(OPTIONS))('%s/main.js', (folder, { shape }) => {
  /** An address that nobody may listen on: what starts in place of an answer shows. */
  const run = async (...args: string[]) => {
    const rally = spawnRally(`${folder}/main.js`, { HOST: '192.0.2.1', OPS_HOST: '192.0.2.1' }, { args });
    return { code: await rally.exited, output: rally.output() };
  };

  it.each(['--version', '-v'])('answers %s', async (argument) => {
    expect(await run(argument)).toEqual({ code: 0, output: `rally ${packageJson.version}\n` });
  });

  it.each(['--help', '-h'])('answers %s with all of its options', async (argument) => {
    const { code, output } = await run(argument);
    expect(code).toBe(0);
    expect(output).toMatch(new RegExp(`^usage: node dist/${folder}/main.js `));
    const listed = [...output.matchAll(/^ {2}([A-Z_]+)/gm)].map(([, name]) => name);
    expect(listed).toEqual(Object.keys(shape));
  });

  it.each(['--port', '--port=9000', 'start', '-p', '--', '--no-help'])(
    'starts nothing when it is given %s',
    async (argument) => {
      const { code, output } = await run(argument);
      expect(code).toBe(1);
      expect(output).toMatch(/^[a-z-]+: (\S+) is unknown here: options are environment variables[^\n]*\n$/);
      expect(output).toContain(`: ${argument} is unknown here`);
    },
  );
});
