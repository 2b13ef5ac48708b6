import { holdConversation } from './conversation.ts';

const { HOST = '127.0.0.1', PORT = '8080' } = process.env;
const address = `http://${HOST}:${PORT}`;

try {
  await fetch(address);
} catch {
  process.stderr.write(`No Rally answers at ${address}: run \`make start\` in another terminal first.\n`);
  process.exit(1);
}

try {
  await holdConversation(address);
} catch (error) {
  process.stderr.write(`The demo broke off: ${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
