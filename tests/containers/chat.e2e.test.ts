import { afterAll, beforeAll, describe, it } from 'vitest';
import { describeChat } from '../e2e/chat-suite.ts';
import { type ServiceProcesses, startServiceProcesses } from '../support/service-processes.ts';
import { whyNoContainers } from './engine.ts';
import { type ContainerServer, startEventStoreDb, startNats, startPostgres } from './infrastructure.ts';

const skipped = await whyNoContainers();

if (skipped)
  describe.skip(`chat in three processes over servers in containers: ${skipped}`, () => {
    it('the chat suite', () => {});
  });
else
  describe('chat in three processes over EventStoreDB, NATS and PostgreSQL in containers', () => {
    let servers: ContainerServer[] = [];
    let services: ServiceProcesses;
    beforeAll(async () => {
      const starting = [startEventStoreDb(), startNats(), startPostgres()] as const;
      const outcomes = await Promise.allSettled(starting);
      servers = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
      const [log, bus, database] = await Promise.all(starting);
      services = await startServiceProcesses({
        EVENT_STORE: 'eventstoredb',
        EVENTSTORE_URL: log.url,
        NATS_URL: bus.url,
        DATABASE_URL: database.url,
      });
    }, 10 * 60_000);
    afterAll(async () => {
      await services?.stop();
      await Promise.all(servers.map((server) => server.stop()));
    });
    describeChat(() => services, 'everything');
  });
