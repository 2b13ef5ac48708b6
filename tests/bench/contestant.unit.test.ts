import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { LoadGenerator } from '../../bench/load-generator/load-generator.ts';
import { Contestant } from '../../bench/measures/contestant.ts';
import type { SystemUnderTest } from '../../bench/systems/system-under-test.ts';
import { GOOD_LOAD } from './good-load.ts';

const LOAD = { rate: 500, warmUpMs: 0, measuredMs: 1000 };

/** With a generator that says what it is told to for as long as the test likes. */
function contestant() {
  const asked: string[] = [];
  let finish = () => {};
  const generator: Pick<LoadGenerator, 'talk' | 'lookBack'> = {
    talk: () => {
      asked.push('talk');
      return new Promise((resolve) => {
        finish = () => resolve(GOOD_LOAD);
      });
    },
    lookBack: async () => {
      asked.push('look back');
      return GOOD_LOAD.faults;
    },
  };
  const system = { name: 'rally', keepsOrder: true } as SystemUnderTest;
  return { one: new Contestant(system, generator as LoadGenerator), asked, finish: () => finish() };
}

describe('a contestant whose turn took too long', () => {
  it('is looked back at once it has said what it was saying: what is on its way is not lost', async () => {
    const { one, asked, finish } = contestant();
    const talking = one.talk(LOAD);
    one.dismiss();
    const lookedBack = one.lookBack();
    await nextTurn();
    expect(asked).toEqual(['talk']);
    finish();
    await talking;
    await lookedBack;
    expect(asked).toEqual(['talk', 'look back']);
  });

  it('says nothing more', async () => {
    const { one, asked, finish } = contestant();
    const round = one.talk(LOAD).then(() => one.talk(LOAD));
    const ended = expect(round).rejects.toThrow('rally is out of the contest');
    one.dismiss();
    finish();
    await ended;
    expect(asked).toEqual(['talk']);
  });
});
