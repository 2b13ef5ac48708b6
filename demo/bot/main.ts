import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import { createClient } from '../../client/create-rally.ts';
import { nodeEnvironment } from '../../client/node.ts';
import { end, messageOf, runningRally } from '../running-rally.ts';
import { answerEverybody } from './echo.ts';

/*
 * `make bot`: somebody who answers with one's own words, until Ctrl-C. With BOT_USERNAME and BOT_PASSWORD that user, otherwise a new
 * one. Where Rally is is said as for `make demo`.
 */

const { BOT_USERNAME, BOT_PASSWORD } = process.env;
if ((BOT_USERNAME === undefined) !== (BOT_PASSWORD === undefined))
  end('BOT_USERNAME and BOT_PASSWORD: say both, or none for a new user');
const username = BOT_USERNAME ?? `Echo.${randomBytes(4).toString('hex')}`;
const password = BOT_PASSWORD ?? `${randomBytes(12).toString('base64url')}-a1`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const fail = (error: unknown): never => end(`The bot has ended: ${messageOf(error)}`);

const address = await runningRally('make bot');
const rally = createClient({ url: address, environment: nodeEnvironment({ WebSocket }) });
const logIn = () => rally.api.logIn({ username, password }).catch(fail);

if (BOT_USERNAME !== undefined) await logIn();
else {
  const email = `${username}@example.com`;
  await rally.api.signUp({ username, email, password, password_repeat: password }).catch(fail);
  say(`To come back as the same: BOT_USERNAME=${username} BOT_PASSWORD=${password} make bot`);
}

// The client comes back by itself from everything but these.
rally.live.connection.subscribe(() => {
  const connection = rally.live.connection.get();
  if (connection.phase !== 'closed') return;
  // Away for longer than the session lasts.
  if (connection.cause === 'signed_out') void logIn();
  else fail(connection.cause);
});

const stopping = new AbortController();
answerEverybody(rally, stopping.signal, say);
rally.start();
say(`${username} answers at ${address}, until Ctrl-C`);

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, async () => {
    stopping.abort();
    // No timer and no socket is left: the process ends by itself.
    rally.stop();
    await rally.api.logOut().catch(() => {});
  });
