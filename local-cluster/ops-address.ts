/** Where a process answers for its health. */
export interface OpsAddress {
  readonly host: string;
  readonly port: number;
}

/** null: ready. Otherwise why not, in a few words. */
export async function whyNotReady({ host, port }: OpsAddress): Promise<string | null> {
  try {
    const answer = await fetch(`http://${host}:${port}/health/ready`, { signal: AbortSignal.timeout(2000) });
    return answer.ok ? null : (await answer.text()).trim();
  } catch {
    return 'does not answer';
  }
}
