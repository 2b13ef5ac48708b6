import { webcrypto } from 'node:crypto';
import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';

const ALGORITHM = 'HS256';
/** Who issues the tokens and who they are for: a token signed with the same secret for something else is not one of ours. */
const ISSUER = 'rally';
const AUDIENCE = 'rally';

/** Checking a signature costs as much as reading a page, and a client sends the same token again and again. */
const REMEMBERED_TOKENS = 10_000;

/** `exp` in seconds. */
const claims = z.object({ sub: z.string(), sid: z.uuid(), exp: z.number() });

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
  const verified = new LRUCache<string, z.output<typeof claims>>({ max: REMEMBERED_TOKENS });

  /** null: not ours, or expired. */
  async function payloadOf(token: string, currentDate: Date): Promise<JWTPayload | null> {
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['exp'],
        currentDate,
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }

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
      const now = clock();
      const known = verified.get(token) ?? claims.safeParse(await payloadOf(token, now)).data;
      if (!known || known.exp * 1000 <= now.getTime()) return null;
      verified.set(token, known);
      return { username: known.sub, sessionId: known.sid };
    },
  };
}
