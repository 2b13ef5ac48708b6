/** What the programs here say before they end without having done their work. */
export function end(line: string): never {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Of the Rally at RALLY_URL, else at HOST and PORT, as Rally itself reads them. Ends the program `command` when nobody answers. */
export async function runningRally(command: string): Promise<string> {
  const { HOST = '127.0.0.1', PORT = '8080', RALLY_URL = `http://${HOST}:${PORT}` } = process.env;
  if (!/^https?:/.test(RALLY_URL) || !URL.canParse(RALLY_URL))
    return end(`RALLY_URL: must be http://host:port, or https://…`);
  const address = new URL(RALLY_URL).origin;
  try {
    await fetch(address);
    return address;
  } catch {
    return end(
      `No Rally answers at ${address}: run \`make start\` in another terminal first, or say where it runs: ${command} RALLY_URL=http://host:port`,
    );
  }
}
