import { once } from 'node:events';
import { createServer } from 'node:http';
import pg from 'pg';
import { Server } from 'socket.io';
import { z } from 'zod';
import { runLoop } from '../processes/run-loop.ts';

/*
 * What a team would write instead: Socket.IO, one insert per message through a pool, emit to both users' rooms. As its
 * documentation teaches, without tricks for or against it.
 */

const newMessage = z.object({
  chat_id: z.uuid(),
  id: z.uuid(),
  recipient: z.string(),
  content: z.string().max(256),
  timestamp: z.string().max(128),
});

const POOL_SIZE = 20;

const SCHEMA = `
create table if not exists message (
  id uuid primary key, chat_id uuid not null, sender text not null, content text not null, date timestamptz not null
);
create index if not exists message_by_chat on message (chat_id, date);
`;

const INSERT = 'insert into message (id, chat_id, sender, content, date) values ($1, $2, $3, $4, $5)';

await runLoop(async (databaseUrl) => {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: POOL_SIZE });
  // An idle connection that ends is replaced when the next one is asked for.
  pool.on('error', () => {});
  await pool.query(SCHEMA);
  const http = createServer();
  const io = new Server(http, { transports: ['websocket'] });

  io.on('connection', (socket) => {
    const sender = z.string().parse(socket.handshake.query.username);
    void socket.join(sender);
    socket.on('new_message', async (body: unknown, acknowledge: (answer: { id: string }) => void) => {
      const { id, chat_id, recipient, content, timestamp } = newMessage.parse(body);
      const date = new Date();
      await pool.query({ name: 'insert', text: INSERT, values: [id, chat_id, sender, content, date] });
      acknowledge({ id });
      const message = { chat_id, id, content, date, sender, timestamp, is_read: false, is_liked: false };
      io.to(sender).to(recipient).emit('new_message', message);
    });
  });

  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  if (!address || typeof address === 'string') throw new Error('no port');
  return { port: address.port, close: () => pool.end() };
});
