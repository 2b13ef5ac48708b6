/** As tests encode texts for sockets that are none: a line for each. */
export const encodeLine = (text: string): Buffer => Buffer.from(`${text}\n`);

export const decodeLines = (encoded: readonly Buffer[]): string[] =>
  Buffer.concat(encoded)
    .toString()
    .split('\n')
    .filter((line) => line !== '');
