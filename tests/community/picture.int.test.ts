import { afterAll, beforeAll, describe, it } from 'vitest';
import { openReadSides, type ReadSides } from '../projection-service/read-side.ts';
import { forAnyHistory } from './play.ts';

describe('a client that has loaded its pages and goes on by frames', () => {
  let sides: ReadSides;
  beforeAll(async () => {
    sides = await openReadSides();
  });
  afterAll(() => sides.close());

  it('shows what its pages say when they are loaded anew, whatever has happened', async () => {
    await forAnyHistory(sides, 25, (play) => play.expectFreshTabs());
  });
});
