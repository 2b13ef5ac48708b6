import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { duelConfiguration } from '../../command-service/duel-limits.ts';
import { startCommandService } from '../../command-service/start-command-service.ts';
import { createCommandClient, oneByOne } from '../../gateway/command-client.ts';
import { createAskFrames, FrameQueue } from '../../gateway/websocket/frame-queue.ts';
import { createSocketMetrics } from '../../gateway/websocket/socket-metrics.ts';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { createInProcessBus } from '../../platform/message-bus/in-process/in-process-bus.ts';
import { WaitGroup } from '../../platform/wait-group.ts';
import { type ClientFrame, clientFrame } from '../../protocol/client-frames.ts';
import type { Command } from '../../protocol/commands.ts';

const TABS = 100;
const COMMAND_TIMEOUT_MS = 2000;
const FRAMES_OF_A_TAB = 256;

/** What a tab is told of a message of its own. */
/** No tab here sends frames that the gateway answers by itself. */
const UNASKED = { outcome: 'refused', code: 'internal' } as const;

export interface Answer {
  readonly isAck: boolean;
  readonly retryAfterMs: number | undefined;
}

export interface TalkingTab {
  /** Sends a message, or sends it again. */
  say(id: string): Promise<Answer>;
}

export interface TabsOnStore {
  readonly tabs: readonly TalkingTab[];
  stop(): Promise<void>;
}

/**
 * All that a message passes from a tab's line to the log and back, in this process, without the sockets: each tab has a chat
 * of its own. The store is not closed.
 */
export async function openTabsOn(store: EventStore): Promise<TabsOnStore> {
  const logger = pino({ level: 'silent' });
  const bus = createInProcessBus({ logger });
  const clock = () => new Date();
  const service = await startCommandService({
    configuration: duelConfiguration.parse({}),
    store,
    bus,
    logger,
    registry: new Registry(),
    clock,
  });
  const sendCommands = createCommandClient(bus, COMMAND_TIMEOUT_MS, logger);
  const metrics = createSocketMetrics(new Registry(), () => 0);
  const askFrames = createAskFrames(sendCommands, async () => UNASKED, randomUUID, metrics, logger);
  const unanswered = new WaitGroup();

  async function carryOut(actor: string, command: Command): Promise<string> {
    const ids = { commandId: randomUUID(), correlationId: 'overload' };
    const reply = await oneByOne(sendCommands)(command, { ...ids, actor });
    if (reply.outcome === 'refused') throw new Error(`refused as ${reply.code}`);
    return reply.id ?? '';
  }

  async function openTab(): Promise<TalkingTab> {
    const [name, other] = [`ann-${randomUUID().slice(0, 8)}`, `bob-${randomUUID().slice(0, 8)}`];
    for (const one of [name, other]) await carryOut(one, { type: 'register_user' });
    const chatId = await carryOut(name, { type: 'start_chat', other });
    const session = { sessionId: '', username: name, expiresAt: new Date() };
    const told = new Map<string, (answer: Answer) => void>();
    const tell = (text: string) => {
      const { action, request_id, data } = JSON.parse(text);
      told.get(request_id)?.({ isAck: action === 'ack', retryAfterMs: data.retry_after_ms });
    };
    const line = new FrameQueue(FRAMES_OF_A_TAB, unanswered, async (frames, waitedMs) => {
      for (const text of (await askFrames(frames, { id: 'tab', isOpen: true, session }, waitedMs)).asker)
        tell(text);
    });
    line.start();
    return {
      say(id) {
        const frame = {
          action: 'new_message',
          request_id: id,
          data: { chat_id: chatId, id, content: 'hello', timestamp: '' },
        };
        return new Promise((resolve) => {
          told.set(id, resolve);
          const isKept = line.add(messageFrame(frame), '');
          if (!isKept) resolve({ isAck: false, retryAfterMs: undefined });
        });
      },
    };
  }

  const tabs: TalkingTab[] = [];
  for (let opened = 0; opened < TABS; opened += 10)
    tabs.push(...(await Promise.all(Array.from({ length: 10 }, openTab))));
  return {
    tabs,
    async stop() {
      await service.stop();
      await bus.close();
    },
  };
}

const messageFrame = (frame: unknown): ClientFrame => clientFrame.parse(frame);
