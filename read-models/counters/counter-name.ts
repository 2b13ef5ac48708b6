/** What is counted for each user: the columns of `user_counters`. */
export type CounterName = 'chats' | 'unread_messages' | 'blocked_users';
