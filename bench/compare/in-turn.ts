/** The same thing of both trees: the base's first. */
export type Both<Thing> = readonly [base: Thing, candidate: Thing];

/** One figure of both, by name, for each round. */
export type Figures = Readonly<Record<string, number>>;

export const both = async <Thing, Made>(
  things: Both<Thing>,
  make: (thing: Thing) => Promise<Made>,
): Promise<Both<Made>> => [await make(things[0]), await make(things[1])];

/**
 * Measures both once in each round, one first and then the other: A B, B A, A B, … So a machine that grows slower, or
 * faster, does so for both. Resolves with what was measured, round by round.
 */
export async function inTurn<Thing>(
  things: Both<Thing>,
  rounds: number,
  measure: (thing: Thing, round: number) => Promise<Figures>,
): Promise<Both<Figures>[]> {
  const measured: Both<Figures>[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const [base, candidate] = things;
    if (round % 2 === 1) measured.push([await measure(base, round), await measure(candidate, round)]);
    else {
      const candidates = await measure(candidate, round);
      measured.push([await measure(base, round), candidates]);
    }
  }
  return measured;
}
