import { describe, expect, it } from 'vitest';
import { SessionsUnavailable } from '../../../gateway/accounts/session.ts';
import { openTestAccounts } from './accounts-fixture.ts';

describe('opening accounts', () => {
  it('works in several gateways at once on an empty database', async () => {
    const fixture = await openTestAccounts();
    await fixture.pool.query('drop schema accounts cascade');
    const gateways = await Promise.all(Array.from({ length: 5 }, () => fixture.open()));
    const signedIn = await fixture.signedUp('Ann');
    for (const gateway of gateways)
      expect(await gateway.authenticate(signedIn.accessToken)).toEqual(signedIn.session);
    await fixture.close();
  });

  it('says that sessions cannot be looked up when the database is away', async () => {
    const fixture = await openTestAccounts();
    const { accessToken, refreshToken, session } = await fixture.signedUp('Ann');
    await fixture.close();
    await expect(fixture.accounts.authenticate(accessToken)).rejects.toThrow(SessionsUnavailable);
    await expect(fixture.accounts.find(session.sessionId)).rejects.toThrow(SessionsUnavailable);
    await expect(fixture.refresh(refreshToken)).rejects.toThrow(SessionsUnavailable);
    await expect(fixture.accounts.logOut(session.sessionId)).rejects.toThrow(SessionsUnavailable);
    await expect(fixture.logIn('Ann')).rejects.toThrow(SessionsUnavailable);
    await expect(fixture.signUp('Bob')).rejects.toThrow(SessionsUnavailable);
  });
});
