import { z } from 'zod';

/** What a system did that it must not do, since its tabs connected. */
export const deliveryFaults = z.object({
  /** Acks and deliveries that did not come. */
  lost: z.number(),
  /** Acks and deliveries that came more than once. */
  doubled: z.number(),
  /** Deliveries that came before an earlier message of the same sender. */
  outOfOrder: z.number(),
  /** Chats whose tabs saw different orders. */
  disagreeingChats: z.number(),
  /** Whatever else was not expected, the first few of it: frames, closed connections. */
  unexpected: z.array(z.string()),
});

export type DeliveryFaults = z.infer<typeof deliveryFaults>;
