import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { referenceTo } from '../../platform/event-store/event-reference.ts';
import { acceptance, refusal, registered } from './conversation.ts';
import {
  accept,
  block,
  cancel,
  decline,
  game,
  invitation,
  invite,
  invitedBy,
  OPTIONS,
  playerEvents,
  settle,
  typesOf,
} from './duel-commands.ts';
import { between } from './faulty-stores.ts';
import { type AnotherOptions, at, runAnother, useCommandService } from './running-command-service.ts';

const service = useCommandService();
const date = at(0).toISOString();

const another = (options: AnotherOptions) => runAnother(service, options);

/** One to whom it is so many seconds later. */
const later = (seconds: number) => another({ clock: () => at(seconds) });

const lastOf = async (username: string) => (await playerEvents(service, username)).at(-1);

describe('send_invitation', () => {
  it('is stored with its terms in the inviter’s stream, and answers its id', async () => {
    const [inviter, invitee] = [await registered(service, 'Ann'), await registered(service, 'Bob')];
    const command = invite(invitee.toUpperCase());
    const { invitationId } = command;
    const reply = acceptance(await service.send(inviter, command));
    const stored = await lastOf(inviter.toUpperCase());
    expect(stored?.event).toEqual({
      type: 'InviteSent',
      data: {
        invitationId,
        inviter,
        invitee,
        clientId: 'tab 1',
        options: OPTIONS,
        expiresAt: at(300).toISOString(),
        sending: { since: date, count: 1 },
        date,
      },
    });
    const position = String(stored?.position);
    expect(reply).toEqual({ outcome: 'accepted', changed: true, id: invitationId, position });
  });

  it('is refused to oneself, to nobody, while engaged, and between two of whom one blocks the other', async () => {
    const invited = await invitation(service);
    const { inviter, invitee } = invited;
    const [cleo, dan] = [await registered(service, 'Cleo'), await registered(service, 'Dan')];
    const refused = async (actor: string, other: string, code: string) =>
      expect(await service.send(actor, invite(other))).toEqual(refusal(code));
    await refused(inviter, inviter.toUpperCase(), 'self_invite');
    await refused(inviter, `nobody.${randomUUID().slice(0, 8)}`, 'user_not_found');
    await refused(inviter, 'no name at all', 'user_not_found');
    await refused(inviter, invitee, 'invitation_pending');
    await refused(inviter, cleo, 'invitation_pending');
    acceptance(await service.send(invitee, accept(inviter)));
    await refused(inviter, cleo, 'in_game');
    await refused(invitee, cleo, 'in_game');
    acceptance(await service.send(cleo, block(dan)));
    await refused(cleo, dan, 'not_invitable');
    await refused(dan, cleo, 'not_invitable');
    expect(await typesOf(service, cleo)).toEqual([]);
  });

  it('is possible to who plays, or has one pending', async () => {
    const { inviter, invitee } = await game(service);
    const { inviter: eve, invitee: fay } = await invitation(service);
    for (const busy of [inviter, invitee, eve]) {
      const other = await registered(service, 'Cleo');
      acceptance(await service.send(other, invite(busy)));
    }
    expect(await service.send(eve, accept(fay))).toEqual(refusal('invitation_not_found'));
  });

  it('declines one the other way first', async () => {
    const { inviter, invitee } = await invitation(service);
    acceptance(await service.send(invitee, invite(inviter)));
    const [declined, sent] = [await lastOf(inviter), await lastOf(invitee)];
    expect([declined?.event.type, sent?.event.type]).toEqual(['InviteDeclined', 'InviteSent']);
    expect(declined?.position).toBeLessThan(sent?.position ?? 0n);
    acceptance(await service.send(inviter, accept(invitee)));
  });

  it('declines also the one that the other sends at once after the first', async () => {
    const { inviter, invitee } = await invitation(service);
    const again = async () => acceptance(await service.send(inviter, invite(invitee)));
    const slow = await another({ through: between(2, again) });
    acceptance(await slow.send(invitee, invite(inviter)));
    const twice = ['InviteSent', 'InviteDeclined'];
    expect(await typesOf(service, inviter)).toEqual([...twice, ...twice]);
    expect(await typesOf(service, invitee)).toEqual(['InviteSent']);
  });

  it('that is refused declines nothing', async () => {
    const invited = await invitation(service);
    const { inviter, invitee } = invited;
    const busy = await invitedBy(service, invitee, await registered(service, 'Cleo'));
    expect(await service.send(invitee, invite(inviter))).toEqual(refusal('invitation_pending'));
    acceptance(await service.send(busy.invitee, accept(invitee)));
    expect(await service.send(invitee, invite(inviter))).toEqual(refusal('in_game'));
    expect(await typesOf(service, inviter)).toEqual(['InviteSent']);
  });

  it('leaves alone what the other has sent to somebody else', async () => {
    const { inviter } = await invitation(service);
    const cleo = await registered(service, 'Cleo');
    acceptance(await service.send(cleo, invite(inviter)));
    expect(await typesOf(service, inviter)).toEqual(['InviteSent']);
  });

  it('that is repeated after its end declines nothing that came since', async () => {
    const [ann, bob] = [await registered(service, 'Ann'), await registered(service, 'Bob')];
    const [command, commandId] = [invite(bob), randomUUID()];
    const first = acceptance(await service.send(ann, command, commandId));
    acceptance(await service.send(bob, decline(ann)));
    acceptance(await service.send(bob, invite(ann)));
    expect(await service.send(ann, command, commandId)).toEqual(first);
    expect(await typesOf(service, bob)).toEqual(['InviteSent']);
  });

  it('is refused after too many in a window, however they end', async () => {
    const limited = { INVITE_LIMIT: 2, INVITE_WINDOW_S: 60 };
    const [now, then] = [
      await another({ configuration: limited }),
      await another({ configuration: limited, clock: () => at(60) }),
    ];
    const [ann, bob] = [await registered(service, 'Ann'), await registered(service, 'Bob')];
    for (const end of [() => now.send(ann, cancel(bob)), () => now.send(bob, decline(ann))]) {
      acceptance(await now.send(ann, invite(bob)));
      acceptance(await end());
    }
    expect(await now.send(ann, invite(bob))).toEqual(refusal('rate_limited'));
    acceptance(await then.send(ann, invite(bob)));
    expect((await lastOf(ann))?.event.data.sending).toEqual({ since: at(60).toISOString(), count: 1 });
  });
});

describe('accept_invitation', () => {
  it('reserves a seat, then stores the game, and answers its id', async () => {
    const invited = await invitation(service);
    const { inviter, invitee, invitationId } = invited;
    const [sent] = await playerEvents(service, inviter);
    const gameId = sent && referenceTo(sent, 'game');
    const reply = acceptance(await service.send(invitee, accept(inviter.toUpperCase())));
    const [seat, stored] = [await lastOf(invitee), await lastOf(inviter)];
    const ofDuel = { invitationId, inviter, invitee, gameId, date };
    expect(seat?.event).toEqual({ type: 'SeatReserved', data: { ...ofDuel, sending: null } });
    expect(stored?.event).toEqual({
      type: 'InviteAccepted',
      data: { ...ofDuel, endsAt: at(1800).toISOString(), sending: { since: date, count: 1 } },
    });
    const position = String(stored?.position);
    expect(reply).toEqual({ outcome: 'accepted', changed: true, id: gameId, position });
    expect(seat?.position).toBeLessThan(stored?.position ?? 0n);
  });

  it('is refused of oneself, of nobody, without one that is pending for oneself, and the second time', async () => {
    const { inviter, invitee } = await invitation(service);
    const cleo = await registered(service, 'Cleo');
    expect(await service.send(inviter, accept(inviter))).toEqual(refusal('self_invite'));
    expect(await service.send(invitee, accept(cleo))).toEqual(refusal('invitation_not_found'));
    expect(await service.send(cleo, accept(inviter))).toEqual(refusal('invitation_not_found'));
    acceptance(await service.send(invitee, accept(inviter)));
    expect(await service.send(invitee, accept(inviter))).toEqual(refusal('invitation_not_found'));
    expect(await typesOf(service, cleo)).toEqual([]);
  });

  it('is refused as expired after the last one has, until there is another', async () => {
    const invited = await invitation(service);
    acceptance(await settle(await later(300), invited));
    const { inviter, invitee } = invited;
    expect(await service.send(invitee, accept(inviter))).toEqual(refusal('invitation_expired'));
    acceptance(await service.send(inviter, invite(invitee)));
    acceptance(await service.send(inviter, cancel(invitee)));
    expect(await service.send(invitee, accept(inviter))).toEqual(refusal('invitation_not_found'));
  });

  it('comes too late once it is time, though nobody has ended the invitation yet: it ends with that', async () => {
    const { inviter, invitee } = await invitation(service);
    const lateService = await later(300);
    expect(await lateService.send(invitee, accept(inviter))).toEqual(refusal('invitation_expired'));
    expect(await typesOf(service, invitee)).toEqual([]);
    expect((await lastOf(inviter))?.event.type).toBe('InviteExpired');
    expect(await lateService.send(invitee, accept(inviter))).toEqual(refusal('invitation_expired'));
  });

  it('is refused to who is engaged, after it was looked whether it is pending', async () => {
    const { inviter, invitee } = await invitation(service);
    const { inviter: other } = await invitation(service);
    const cleo = await registered(service, 'Cleo');
    acceptance(await service.send(invitee, invite(cleo)));
    expect(await service.send(invitee, accept(inviter))).toEqual(refusal('invitation_pending'));
    expect(await service.send(invitee, accept(other))).toEqual(refusal('invitation_not_found'));
    acceptance(await service.send(cleo, accept(invitee)));
    for (const busy of [invitee, cleo]) {
      const eve = await registered(service, 'Eve');
      acceptance(await service.send(eve, invite(busy)));
      expect(await service.send(busy, accept(eve))).toEqual(refusal('in_game'));
    }
    acceptance(await service.send(inviter, cancel(invitee)));
  });
});

describe('decline_invitation and cancel_invitation', () => {
  it('end it for both, and another may be sent', async () => {
    const { inviter, invitee, invitationId } = await invitation(service);
    const ended = { invitationId, inviter, invitee, date };
    const reply = acceptance(await service.send(invitee, decline(inviter.toUpperCase())));
    const declined = await lastOf(inviter);
    expect(declined?.event).toEqual({
      type: 'InviteDeclined',
      data: { ...ended, sending: { since: date, count: 1 } },
    });
    expect(reply).toEqual({ outcome: 'accepted', changed: true, position: String(declined?.position) });
    const { invitationId: next } = await invitedBy(service, inviter, invitee);
    acceptance(await service.send(inviter, cancel(invitee.toUpperCase())));
    expect((await lastOf(inviter))?.event).toEqual({
      type: 'InviteCancelled',
      data: {
        ...ended,
        invitationId: next,
        sending: { since: date, count: 2 },
        clientId: 'tab 1',
        reason: 'inviter',
      },
    });
  });

  it('are refused where none is pending between the two, that way', async () => {
    const { inviter, invitee } = await invitation(service);
    const cleo = await registered(service, 'Cleo');
    for (const [actor, command] of [
      [inviter, decline(invitee)],
      [inviter, decline(inviter)],
      [cleo, decline(inviter)],
      [invitee, cancel(inviter)],
      [inviter, cancel(cleo)],
      [inviter, cancel('no name at all')],
      [cleo, cancel(invitee)],
    ] as const)
      expect(await service.send(actor, command)).toEqual(refusal('invitation_not_found'));
    for (const nobody of ['no name at all', 'nobody'])
      for (const reply of [decline(nobody), accept(nobody)])
        expect(await service.send(invitee, reply)).toEqual(refusal('user_not_found'));
    acceptance(await service.send(invitee, accept(inviter)));
    expect(await service.send(invitee, decline(inviter))).toEqual(refusal('invitation_not_found'));
    expect(await service.send(inviter, cancel(invitee))).toEqual(refusal('invitation_not_found'));
  });
});
