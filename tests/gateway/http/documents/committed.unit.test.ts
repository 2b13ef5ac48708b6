import { describe, expect, it } from 'vitest';
import { asyncApiDocument } from '../../../../gateway/http/documents/asyncapi.ts';
import { openApiDocument } from '../../../../gateway/http/documents/openapi.ts';

/** `make documents` runs this file and has vitest rewrite what has changed. */
describe('the documents below docs/', () => {
  it.each([
    ['openapi.json', openApiDocument()],
    ['asyncapi.json', asyncApiDocument()],
  ])('%s is what the schemas say', async (name, document) => {
    await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot(`../../../../docs/${name}`);
  });
});
