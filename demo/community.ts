import { heading, remark } from './script-lines.ts';
import { act, ask, type Stage } from './stage.ts';

/** Friends, an announcement to everyone, and what the two have read of it. */
export async function meetCommunity({ ada, bob, tabs }: Stage): Promise<void> {
  const [adas, bobs] = [
    [ada.laptop, ada.phone],
    [bob.laptop, bob.phone],
  ];

  heading('Bob adds Ada as a friend: she is notified, and all tabs know how the two stand');
  await ask(() => bob.api.addFriend(ada.username), ['new_friend', adas], ['relationship_changed', tabs]);

  heading('Ada looks at it on her phone: it is read on her laptop, too');
  const [notification] = (await ada.phone.rally.api.notifications('unread')).body.items;
  if (!notification) throw new Error('she has no notification');
  await act(ada.phone, 'read_notification', { id: notification.id }, ['notification_updated', adas]);

  heading('She takes another nickname, and announces a tournament: everyone but her hears of it');
  await ada.api.updateProfile({ nickname: `${ada.name}.the.Swift` });
  const cup = { name: 'Winter cup', required_participants: 4, alias: 'Swift' } as const;
  const tournament = await ask(() => ada.api.announceTournament(cup), ['new_tournament', bobs]);

  heading('Bob marks all as read');
  await ask(() => bob.api.markAllNotificationsRead(), ['notification_updated', bobs]);

  heading('Ada calls it off');
  await ask(() => ada.api.closeTournament(tournament.id), ['notification_updated', bobs]);

  heading('What the read models say');
  for (const { api } of [ada, bob]) {
    const { nickname, unread_messages_count, unread_notifications_count } = (await api.self()).body;
    remark(
      `${nickname}: ${unread_messages_count} unread messages, ${unread_notifications_count} unread notifications`,
    );
  }

  heading('Bob signs out: his tabs are closed, and Ada sees him go at once');
  await ask(() => bob.api.logOut(), ['user_offline', [ada.laptop]]);
  remark(`frames that nobody expected: ${tabs.flatMap((tab) => tab.rest).length}`);
  for (const tab of tabs) tab.disconnect();
}
