import { env } from 'node:process';
import { EventStoreDBClient } from '@eventstore/db-client';
import { runLoop } from '../../processes/run-loop.ts';
import { ackText, saidMessage } from '../message.ts';
import { openProjection } from '../projection.ts';
import { serveTabs } from '../serve-tabs.ts';
import { Tabs } from '../tabs.ts';
import { InFlight } from './in-flight.ts';
import { append, follow } from './log.ts';

/*
 * The least code that does the durable job with the log in EventStoreDB: parse, one append for each message, ack; a
 * filtered subscription, project in batches, push.
 */

/** What the server does fastest with. */
const APPENDS_IN_FLIGHT = 64;

await runLoop(async (databaseUrl) => {
  if (!env.EVENTSTORE_URL) throw new Error('EVENTSTORE_URL is not set');
  const client = EventStoreDBClient.connectionString(env.EVENTSTORE_URL);
  const tabs = new Tabs();
  const projection = await openProjection(databaseUrl, tabs);
  const appends = new InFlight(APPENDS_IN_FLIGHT);
  await follow(client, (message) => projection.add(message));

  const port = await serveTabs(tabs, (from, text) => {
    const message = saidMessage(from, text);
    // The server stores what is under way at the same time in any order: each sender waits for their last one.
    appends.add(message.sender, async () => {
      const position = await append(client, message);
      from.send(ackText({ id: message.id, position }));
    });
  });
  return { port, close: () => projection.close() };
});
