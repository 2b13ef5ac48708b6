import { createRally, type Rally } from '../../client/index.ts';

/** Answers an access token that works, by whatever the host knows of its user. */
export type TokenSource = () => Promise<string>;

const shared = new Map<string, Map<TokenSource | null, Rally>>();

/** The Rally at this address for this user: elements of one page share one connection. */
export function sharedRally(url: string, tokens: TokenSource | null): Rally {
  const ofUrl = shared.get(url) ?? new Map<TokenSource | null, Rally>();
  shared.set(url, ofUrl);
  const rally = ofUrl.get(tokens) ?? createRally({ url, session: tokens ?? 'cookies' });
  ofUrl.set(tokens, rally);
  return rally;
}
