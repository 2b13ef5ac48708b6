const { SOAK } = process.env;

/**
 * How many of what is the same again and again: some for every run of the suite, and more for `make soak`, where there is
 * time to come upon what is rare.
 */
export const soaking = (inSuite: number, inSoak: number): number => (SOAK ? inSoak : inSuite);
