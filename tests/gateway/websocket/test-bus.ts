import { pino } from 'pino';
import { createInProcessBus } from '../../../platform/message-bus/in-process/in-process-bus.ts';
import type { MessageBus } from '../../../platform/message-bus/message-bus.ts';

export interface TestBus extends MessageBus {
  /** Subjects that somebody is subscribed to. */
  readonly subjects: string[];
  /** While true, what is published gets lost. */
  losing: boolean;
  /** While true, subscribing and publishing fail. */
  broken: boolean;
  interrupt(): void;
}

/** The bus of one process, with the failures of one between processes. */
export function createTestBus(): TestBus {
  const bus = createInProcessBus({ logger: pino({ level: 'silent' }) });
  const listeners: (() => void)[] = [];
  const subjects: string[] = [];
  const testBus: TestBus = {
    ...bus,
    subjects,
    losing: false,
    broken: false,
    publish(subject, payload) {
      if (testBus.broken) throw new Error('no connection');
      if (!testBus.losing) bus.publish(subject, payload);
    },
    async subscribe(subject, handler) {
      if (testBus.broken) throw new Error('no connection');
      const subscription = await bus.subscribe(subject, handler);
      subjects.push(subject);
      return {
        async unsubscribe() {
          subjects.splice(subjects.indexOf(subject), 1);
          await subscription.unsubscribe();
        },
      };
    },
    onInterrupted: (listener) => listeners.push(listener),
    interrupt() {
      for (const listener of listeners) listener();
    },
  };
  return testBus;
}
