import { webcrypto } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';

const ALGORITHM = 'HS256';
/** Who issues the tokens and who they are for: a token signed with the same secret for something else is not one of ours. */
const ISSUER = 'rally';
const AUDIENCE = 'rally';

const claims = z.object({ sub: z.string(), sid: z.uuid() });

export interface AccessTokenClaims {
  readonly username: string;
  readonly sessionId: string;
}

/** Signed access tokens: what they say needs no look-up, whether their session still goes on does. */
export interface AccessTokens {
  issue(claims: AccessTokenClaims, issuedAt: Date, expiresAt: Date): Promise<string>;
  /** null: not ours, or expired. */
  verify(token: string): Promise<AccessTokenClaims | null>;
}

export async function createAccessTokens(secret: string, clock: Clock): Promise<AccessTokens> {
  // Imported once: importing the key for each token costs more than checking its signature.
  const key = await webcrypto.subtle.importKey(
    'raw',
    Buffer.from(secret),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign', 'verify'],
  );
  return {
    issue: ({ username, sessionId }, issuedAt, expiresAt) =>
      new SignJWT({ sid: sessionId })
        .setProtectedHeader({ alg: ALGORITHM })
        .setSubject(username)
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(key),
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience: AUDIENCE,
          requiredClaims: ['exp'],
          currentDate: clock(),
        });
        const parsed = claims.safeParse(payload);
        return parsed.success ? { username: parsed.data.sub, sessionId: parsed.data.sid } : null;
      } catch (error) {
        if (error instanceof errors.JOSEError) return null;
        throw error;
      }
    },
  };
}
