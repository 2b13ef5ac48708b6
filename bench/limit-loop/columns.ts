import pg from 'pg';

/** Each of the loop's writers has a connection of its own, so that none waits for another. */
export async function connectPostgres(url: string, synchronousCommit: 'on' | 'off'): Promise<pg.Client> {
  const options = `-c synchronous_commit=${synchronousCommit}`;
  const client = new pg.Client({ connectionString: url, options });
  await client.connect();
  return client;
}

/** One text per column is far cheaper than an array of texts, for both sides. The load generator sends no line feeds. */
export const columnText = (values: readonly string[]): string => values.join('\n');

export const columnNumbers = (values: readonly number[]): string => `{${values.join()}}`;
