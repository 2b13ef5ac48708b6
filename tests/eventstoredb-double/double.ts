import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { appendHandlers } from './append-handlers.ts';
import { answerLate, type Drop, type Faults, noFaults } from './faults.ts';
import { getSupportedMethods, readGossip } from './node-handlers.ts';
import { answerRead, type ReadCall } from './read-handler.ts';
import { dropFailure } from './rpc-status.ts';
import { type LiveSubscription, startSubscription } from './subscription.ts';
import { TransactionLog } from './transaction-log.ts';

export interface DoubleOptions {
  /** A free one when 0 or absent. */
  readonly port?: number;
  /** Where the log is kept; only in memory when absent. */
  readonly logFile?: string;
  /** Whether appends may share one call, as on servers since 21.10. Default true. */
  readonly batchAppend?: boolean;
}

/**
 * Stands in for an EventStoreDB server, for its unmodified client: appends, reads, filtered subscriptions to all.
 * It answers as a server of version 23.10 was measured to, and breaks in the ways such a server breaks.
 */
export class EventStoreDbDouble {
  readonly faults: Faults = noFaults();
  readonly log: TransactionLog;
  readonly #subscriptions = new Set<LiveSubscription>();
  readonly #batchAppend: boolean;
  #server = new Server();
  #port: number;

  constructor({ port = 0, logFile, batchAppend = true }: DoubleOptions = {}) {
    this.#port = port;
    this.#batchAppend = batchAppend;
    this.log = new TransactionLog(logFile);
  }

  get url(): string {
    return `esdb://127.0.0.1:${this.#port}?tls=false`;
  }

  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  /** Again after `kill`: on the same port, with the same log. */
  async start(): Promise<void> {
    const port = () => this.#port;
    this.#server = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 });
    this.#server.addService(StreamsService, {
      ...appendHandlers(this.log, this.faults, port),
      read: (call: ReadCall) => this.#read(call),
    });
    this.#server.addService(ServerFeaturesService, {
      getSupportedMethods: getSupportedMethods(this.#batchAppend),
    });
    this.#server.addService(GossipService, { read: readGossip(port) });
    this.#port = await new Promise<number>((resolve, reject) =>
      this.#server.bindAsync(`127.0.0.1:${this.#port}`, ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
  }

  /** Connections break at once, as by SIGKILL. */
  kill(): void {
    this.#server.forceShutdown();
    this.#subscriptions.clear();
  }

  async restart(): Promise<void> {
    this.kill();
    await this.start();
  }

  /** Ends every open subscription; the server goes on. */
  dropSubscriptions(how: Drop): void {
    for (const subscription of [...this.#subscriptions]) {
      subscription.drop(how === 'ended' ? undefined : dropFailure(how, this.#port));
    }
  }

  /** Open subscriptions stay open and say nothing more; later ones are well. */
  stallSubscriptions(): void {
    for (const subscription of this.#subscriptions) subscription.stall();
  }

  #read(call: ReadCall): void {
    answerLate(this.faults, () => this.#answerRead(call));
  }

  #answerRead(call: ReadCall): void {
    if (call.cancelled) return;
    if (!call.request.getOptions()?.hasSubscription()) return void answerRead(call, this.log, this.faults);
    const subscription = startSubscription(call, this.log, this.faults);
    this.#subscriptions.add(subscription);
    const forget = () => this.#subscriptions.delete(subscription);
    call.on('cancelled', forget).on('error', forget).on('close', forget).on('finish', forget);
  }
}
