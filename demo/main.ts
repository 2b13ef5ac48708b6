import { parseArgs } from 'node:util';
import { meetCommunity } from './community.ts';
import { holdConversation } from './conversation.ts';
import { playDuel } from './duel.ts';
import { end, messageOf, runningRally } from './running-rally.ts';
import { heading } from './script-lines.ts';
import { setStage } from './stage.ts';

const USAGE = `usage: make demo [RALLY_URL=http://host:port]

Lets two people with two tabs each talk, play and meet at a Rally that runs: at RALLY_URL, else at HOST and PORT, as Rally itself reads
them (http://127.0.0.1:8080).
`;

// Whoever reads the output may stop before the end, as `head` does.
process.stdout.on('error', () => process.exit(0));

function wantsHelp(): boolean {
  try {
    return parseArgs({ options: { help: { type: 'boolean', short: 'h' } } }).values.help === true;
  } catch {
    return end(USAGE.trimEnd());
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
  const address = await runningRally('make demo');
  await play(address).catch((error) => end(`The demo broke off: ${messageOf(error)}`));
}
