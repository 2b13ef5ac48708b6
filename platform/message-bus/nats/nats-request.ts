import { ErrorCode, type NatsConnection, NatsError } from 'nats';
import { NoResponder, RequestTimeout } from '../message-bus.ts';

/** Rejects as the port says, whatever NATS calls it. */
export async function natsRequest(
  connection: NatsConnection,
  subject: string,
  payload: string,
  timeoutMs: number,
): Promise<string> {
  try {
    const reply = await connection.request(subject, payload, { timeout: timeoutMs });
    return reply.string();
  } catch (error) {
    if (!(error instanceof NatsError)) throw error;
    switch (error.code) {
      case ErrorCode.NoResponders:
        throw new NoResponder(`nobody answers ${subject}`);
      case ErrorCode.Timeout:
        throw new RequestTimeout(`no answer from ${subject} within ${timeoutMs} ms`);
      case ErrorCode.Disconnect:
      case ErrorCode.ConnectionClosed:
      case ErrorCode.ConnectionDraining:
        throw new RequestTimeout('the connection to the message bus broke');
      default:
        throw error;
    }
  }
}
