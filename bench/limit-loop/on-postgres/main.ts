import { runLoop } from '../../processes/run-loop.ts';
import { GroupCommit } from '../group-commit.ts';
import { ackText, type LoggedMessage, saidMessage } from '../message.ts';
import { openProjection } from '../projection.ts';
import { serveTabs } from '../serve-tabs.ts';
import { type TabSocket, Tabs } from '../tabs.ts';
import { openLog } from './log.ts';

/*
 * The least code that does the durable job: one process, no accounts, no rules. The ceiling that Rally is compared with.
 * Parse, append and flush in batches, ack, project in batches, push.
 */

interface Pending {
  readonly from: TabSocket;
  readonly message: LoggedMessage;
}

await runLoop(async (databaseUrl) => {
  const tabs = new Tabs();
  const log = await openLog(databaseUrl);
  const projection = await openProjection(databaseUrl, tabs);
  let position = log.lastPosition;

  const appends = new GroupCommit<Pending>(async (batch) => {
    const messages = batch.map(({ message }) => message);
    await log.append(messages);
    projection.add(...messages);
    for (const { from, message } of batch) from.send(ackText(message));
  });

  const port = await serveTabs(tabs, (from, text) => {
    position += 1;
    appends.add({ from, message: { ...saidMessage(from, text), position } });
  });
  return { port, close: async () => void (await Promise.all([log.close(), projection.close()])) };
});
