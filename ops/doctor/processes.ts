import { type Samples, sumOf } from '../../platform/service/metric-samples.ts';
import { findProcesses, lookAt, type OpsLook } from '../ops-ports.ts';
import { clockFinding } from './clock.ts';
import { bad, type Finding, judgeShare, ok, warn } from './finding.ts';

/** Longer behind the log than this, in seconds, is too long. */
const BEHIND_S = 10;

/** What each process says of itself at its ops port. */
export async function checkProcesses(urls: readonly string[]): Promise<Finding[]> {
  const looks = await Promise.all((await findProcesses(urls)).map(lookAt));
  return looks.flatMap((look) => [
    stateOf(look),
    ...clockOf(look),
    ...(look.samples ? numbersOf(look.name, look.samples) : []),
  ]);
}

function stateOf({ name, url, state, reasons }: OpsLook): Finding {
  const why = Object.entries(reasons)
    .map(([part, reason]) => `${part}: ${reason}`)
    .join('; ');
  switch (state) {
    case 'ready':
      return ok(name, 'ready');
    case 'degraded':
      return warn(name, `degraded: ${why}`, 'it works, and wants an operator');
    case 'not ready':
      return bad(name, `not ready: ${why}`, 'see to what it names; its log says more');
    case 'away':
      return bad(
        name,
        `does not answer at ${url}`,
        'start it, or name the ops ports of the services in OPS_URLS',
      );
    default:
      return state satisfies never;
  }
}

/** The header has whole seconds. */
const clockOf = ({ name, clock }: OpsLook): Finding[] =>
  clock ? [clockFinding(name, { earliest: clock.at, latest: clock.at + 999 }, clock)] : [];

function numbersOf(name: string, samples: Samples): Finding[] {
  const value = (metric: string) => sumOf(samples, metric);
  const findings: Finding[] = [];
  const [sockets, limit] = [value('rally_websocket_open_sockets'), value('rally_public_connections_limit')];
  if (sockets !== null && limit !== null && limit > 0)
    findings.push(
      judgeShare(
        `sockets of ${name}`,
        sockets / limit,
        `${sockets.toLocaleString('en')} of ${limit.toLocaleString('en')}`,
        'raise the limit of open files (ulimit -n), or add a gateway',
      ),
    );
  const refused = value('rally_public_connections_refused_total') ?? 0;
  if (refused > 0)
    findings.push(
      warn(
        `connections to ${name}`,
        `${refused.toLocaleString('en')} turned away since it started`,
        'raise the limit of open files (ulimit -n), or add a gateway',
      ),
    );
  const behind = value('rally_projection_behind_seconds') ?? 0;
  if (behind > BEHIND_S)
    findings.push(
      bad(
        `lag of ${name}`,
        `behind the log for ${Math.round(behind)} s`,
        'docs/operations/runbooks.md, Lag grows',
      ),
    );
  const [open, most] = [value('process_open_fds'), value('process_max_fds')];
  if (open !== null && most !== null && most > 0 && open / most >= 0.8)
    findings.push(
      judgeShare(
        `files of ${name}`,
        open / most,
        `${open} of ${most} open`,
        'raise the limit of open files (ulimit -n)',
      ),
    );
  return findings;
}
