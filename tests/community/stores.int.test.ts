import { afterAll, beforeAll, describe, it } from 'vitest';
import { openReadSides, type ReadSides } from '../projection-service/read-side.ts';
import { forAnyHistory } from './play.ts';
import { StoreTab } from './store-tab.ts';

describe("the client's stores, whose pages are read and arrive at any time", () => {
  let sides: ReadSides;
  beforeAll(async () => {
    sides = await openReadSides();
  });
  afterAll(() => sides.close());

  it('show what fresh pages say, whatever has happened', async () => {
    await forAnyHistory(sides, 10, (play) => play.expectFreshTabs(), StoreTab.open);
  });
});
