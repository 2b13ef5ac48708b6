const FIRST_RATE = 500;
const STEP = 1.05;

/** About 155 a second: no search goes below. */
export const LOWEST_STEP = -24;

/** All searches walk on the same rates, 5 % apart, so that their measurements can be put side by side. */
export const rateAt = (step: number): number => Math.round(FIRST_RATE * STEP ** step);
