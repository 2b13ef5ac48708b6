import { z } from 'zod';
import { heading, remark } from './script-lines.ts';
import { act, ask, type Stage } from './stage.ts';

/** Friends, an announcement to everyone, and what the two have read of it. */
export async function meetCommunity({ ada, bob, adaLaptop, adaPhone, tabs }: Stage): Promise<void> {
  const [adas, bobs] = [tabs.slice(0, 2), tabs.slice(2)];

  heading('Bob adds Ada as a friend: she is notified, and all tabs know how the two stand');
  await ask(
    bob,
    ['POST', `/users/${bob.username}/friends`, { username: ada.username }],
    ['new_friend', adas],
    ['relationship_changed', tabs],
  );

  heading('Ada looks at it on her phone: it is read on her laptop, too');
  const [{ id }] = notifications.parse(await ada.request('GET', '/notifications?is_read=unread')).items;
  await act(adaPhone, 'read_notification', { id }, ['notification_updated', adas]);

  heading('She takes another nickname, and announces a tournament: everyone but her hears of it');
  await ada.request('PATCH', '/self', { nickname: `${ada.name}.the.Swift` });
  const cup = { name: 'Winter cup', required_participants: 4, alias: 'Swift' };
  const opened = await ask(ada, ['POST', '/tournaments', cup], ['new_tournament', bobs]);

  heading('Bob marks all as read');
  await ask(bob, ['POST', '/notifications/mark_all_as_read'], ['notification_updated', bobs]);

  heading('Ada calls it off');
  const tournament = z.object({ id: z.string() }).parse(opened);
  await ask(ada, ['DELETE', `/tournaments/${tournament.id}`], ['notification_updated', bobs]);

  heading('What the read models say');
  for (const person of [ada, bob]) {
    const self = z
      .object({
        nickname: z.string(),
        unread_messages_count: z.number(),
        unread_notifications_count: z.number(),
      })
      .parse(await person.request('GET', '/self'));
    const { unread_messages_count: messages, unread_notifications_count: unread } = self;
    remark(`${self.nickname}: ${messages} unread messages, ${unread} unread notifications`);
  }

  heading('Bob signs out: his tabs are closed, and Ada sees him go at once');
  await ask(bob, ['DELETE', '/logout'], ['user_offline', [adaLaptop]]);
  remark(`frames that nobody expected: ${tabs.flatMap((tab) => tab.rest).length}`);
  for (const tab of adas) tab.disconnect();
}

const notifications = z.object({ items: z.tuple([z.object({ id: z.string() })]).rest(z.unknown()) });
