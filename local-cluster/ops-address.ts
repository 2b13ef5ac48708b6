import { z } from 'zod';

/** Where a process answers for its health. */
export interface OpsAddress {
  readonly host: string;
  readonly port: number;
}

/** What is known of a process that says nothing. */
export const SILENT = 'does not answer';

const notReadyAnswer = z.object({ reasons: z.record(z.string(), z.string()) });

/** null: ready. Otherwise why not, in a few words; `SILENT` when it does not say. */
export async function whyNotReady({ host, port }: OpsAddress): Promise<string | null> {
  try {
    const answer = await fetch(`http://${host}:${port}/health/ready`, { signal: AbortSignal.timeout(2000) });
    if (answer.ok) return null;
    const { reasons } = notReadyAnswer.parse(await answer.json());
    return Object.entries(reasons)
      .map(([part, reason]) => `${part}: ${reason}`)
      .join('; ');
  } catch {
    return SILENT;
  }
}
