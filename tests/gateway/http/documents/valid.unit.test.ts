import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';

const require = createRequire(import.meta.url);

describe('the committed documents', () => {
  it('openapi.json is OpenAPI 3.1, says the linter of the format', async () => {
    const linter = require.resolve('@redocly/cli/bin/cli.js');
    const environment = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
    const { stderr } = await promisify(execFile)(
      process.execPath,
      [linter, 'lint', 'docs/openapi.json', '--extends=spec'],
      { env: environment },
    );
    expect(stderr).toContain('Your API description is valid');
  });

  it('asyncapi.json is AsyncAPI 3.0, says the schema of the format', () => {
    const schema = JSON.parse(
      readFileSync(require.resolve('@asyncapi/specs/schemas/3.0.0-without-$id.json'), 'utf8'),
    );
    const ajv = new Ajv({ strict: false, validateFormats: false });
    const isAsyncApi = ajv.compile(schema);
    const document = JSON.parse(readFileSync('docs/asyncapi.json', 'utf8'));
    isAsyncApi(document);
    expect(isAsyncApi.errors ?? []).toEqual([]);
  });

  it('asyncapi.json leads nowhere that is not there', () => {
    const text = readFileSync('docs/asyncapi.json', 'utf8');
    const document: unknown = JSON.parse(text);
    const references = [...text.matchAll(/"\$ref": "#\/([^"]+)"/g)].map(([, path = '']) => path);
    expect(references.length).toBeGreaterThan(0);
    const missing = references.filter(
      (path) => path.split('/').reduce<unknown>((at, key) => valueAt(at, key), document) === undefined,
    );
    expect(missing).toEqual([]);
  });
});

const valueAt = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null
    ? Object.getOwnPropertyDescriptor(value, key)?.value
    : undefined;
