import { parseArgs } from 'node:util';
import { meetCommunity } from './community.ts';
import { holdConversation } from './conversation.ts';
import { playDuel } from './duel.ts';
import { heading } from './script-lines.ts';
import { setStage } from './stage.ts';

const USAGE = `usage: make demo [RALLY_URL=http://host:port]

Lets two people with two tabs each talk, play and meet at a Rally that runs: at RALLY_URL, else at HOST and PORT, as Rally itself reads
them (http://127.0.0.1:8080).
`;

const { HOST = '127.0.0.1', PORT = '8080', RALLY_URL = `http://${HOST}:${PORT}` } = process.env;

// Whoever reads the output may stop before the end, as `head` does.
process.stdout.on('error', () => process.exit(0));

function end(line: string): never {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function wantsHelp(): boolean {
  try {
    return parseArgs({ options: { help: { type: 'boolean', short: 'h' } } }).values.help === true;
  } catch {
    return end(USAGE.trimEnd());
  }
}

async function reach(): Promise<string> {
  if (!/^https?:/.test(RALLY_URL) || !URL.canParse(RALLY_URL))
    return end(`RALLY_URL: must be http://host:port, or https://…`);
  const address = new URL(RALLY_URL).origin;
  try {
    await fetch(address);
    return address;
  } catch {
    return end(
      `No Rally answers at ${address}: run \`make start\` in another terminal first, or say where it runs: make demo RALLY_URL=http://host:port`,
    );
  }
}

async function play(address: string): Promise<void> {
  heading('Ada and Bob sign up');
  const stage = await setStage(address);
  await holdConversation(stage);
  await playDuel(stage);
  await meetCommunity(stage);
}

if (wantsHelp()) process.stdout.write(USAGE);
else {
  const address = await reach();
  await play(address).catch((error) => end(`The demo broke off: ${messageOf(error)}`));
}
