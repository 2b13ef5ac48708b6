import { heading, remark } from './script-lines.ts';
import { act, ask, type Stage } from './stage.ts';

/** An invitation is called off, the next one is accepted, and there is a game until somebody says that it is over. */
export async function playDuel({ ada, bob, tabs }: Stage): Promise<void> {
  const bobs = [bob.laptop, bob.phone];
  const toBob = { username: bob.username };
  const invitation = { ...toBob, client_id: 'laptop', options: { game_speed: 'fast' } } as const;

  heading('Ada invites Bob to a duel, and thinks better of it: all see that, whoever was quicker');
  await act(ada.laptop, 'game_invite', invitation, ['game_invite', bobs]);
  const canceled = ['game_invite_canceled', tabs] as const;
  await act(ada.laptop, 'cancel_game_invite', toBob, canceled, ['notification_updated', bobs]);

  heading('She invites him after all; he accepts on his phone, and both have a game');
  await act(ada.laptop, 'game_invite', invitation, ['game_invite', bobs]);
  const answer = { username: ada.username, accept: true };
  const accepted = ['game_accepted', tabs] as const;
  const { id: game = '' } = await act(bob.phone, 'reply_game_invite', answer, accepted, [
    'notification_updated',
    bobs,
  ]);
  const { body: self } = await bob.phone.rally.api.self();
  remark(`game ${game}: Bob is ${self.is_engaged_in_game ? 'not ' : ''}free for another`);

  heading('It is over. The game server would say so; where none is configured, a player does');
  await ask(() => bob.api.finishGame(game), ['game_finished', tabs]);
}
