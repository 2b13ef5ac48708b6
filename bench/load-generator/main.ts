import { exitWithParent } from '../processes/exit-with-parent.ts';
import { Audience } from './audience.ts';
import { dialects } from './dialects/dialects.ts';
import { type IdleSockets, openIdleSockets } from './idle-sockets.ts';
import { type Answer, type Order, order } from './orders.ts';
import { connectPairs, outlast, type Pair } from './resume.ts';
import { runPageLoad } from './run-page-load.ts';
import { runSteadyLoad } from './run-steady-load.ts';
import { runStorm } from './storm.ts';
import { TalkingCrowd } from './talking-crowd.ts';

exitWithParent();
let talking: TalkingCrowd | null = null;
let idle: IdleSockets[] = [];
let audience: Audience | null = null;
let pairs: Pair[] | null = null;

process.on('message', async (message) => {
  try {
    process.send?.(await carryOut(order.parse(message)));
  } catch (error) {
    process.send?.({
      of: 'failure',
      message: error instanceof Error ? error.message : `${error}`,
    } satisfies Answer);
  }
});

async function carryOut(order: Order): Promise<Answer> {
  switch (order.do) {
    case 'connect':
      talking = await TalkingCrowd.connect(dialects[order.to.dialect], order.to.address, order.crowd);
      return { of: order.do };
    case 'talk':
      return { of: order.do, result: await runSteadyLoad(connected(talking), order.load) };
    case 'look back':
      return { of: order.do, faults: connected(talking).book.faults() };
    case 'sit idle':
      idle.push(
        await openIdleSockets(dialects[order.to.dialect], order.to.address, order.users, order.count),
      );
      return { of: order.do };
    case 'leave': {
      const broken = idle.reduce((total, sockets) => total + sockets.broken(), 0);
      for (const sockets of idle) sockets.close();
      idle = [];
      return { of: order.do, broken };
    }
    case 'read pages':
      return { of: order.do, result: await runPageLoad(order.load) };
    case 'gather':
      audience = await Audience.connect(order.audience);
      return { of: order.do };
    case 'announce':
      return { of: order.do, result: await connected(audience).announce(order.count) };
    case 'sit down':
      pairs = await connectPairs(order.crowd);
      return { of: order.do };
    case 'outlast':
      return { of: order.do, result: await outlast(connected(pairs), order.load) };
    case 'storm':
      return { of: order.do, result: await runStorm(order.load) };
    default:
      return order satisfies never;
  }
}

function connected<Crowd>(crowd: Crowd | null): Crowd {
  if (!crowd) throw new Error('nobody is connected');
  return crowd;
}
