import ipaddr from 'ipaddr.js';
import type { Logger } from 'pino';

/**
 * Under which name a client is counted, by whatever is limited per address.
 *
 * `remoteAddress`: of the connection; `forwardedFor`: the header `X-Forwarded-For`, its lines joined with commas.
 *
 * Every spelling of one address has the same name. A site of IPv6 is given a /64 at least, and one machine in it can take any
 * address of it, so these count as one: `2001:db8:1:1::/64`. An IPv4 address that is written as IPv6 is that IPv4 address.
 * What is no address counts as `unknown`, all of it together: text that somebody makes up is no way to a new name.
 */
export type ClientAddressOf = (remoteAddress: string, forwardedFor: string | undefined) => string;

const UNKNOWN = 'unknown';

/** An address, without the port that some balancers write behind it; IPv6 has brackets then. */
const WITH_PORT = /^(?:\[(?<bracketed>[^\]]*)\]|(?<plain>[\d.]+))(?::\d{1,5})?$/;

/** 16-bit parts of an IPv6 address that name the site and its network. */
const NETWORK_PARTS = 4;

/** `trustedProxyHops`: as many addresses from the right of the header were written by proxies of ours. */
export function createClientAddressOf(trustedProxyHops: number, logger: Logger): ClientAddressOf {
  const warnOnce = createProxyWarning(logger);
  return (remoteAddress, forwardedFor) => {
    if (forwardedFor && trustedProxyHops === 0) warnOnce();
    const said = forwardedFor ? forwardedFor.split(',') : [];
    const hops = [...said, remoteAddress];
    return canonicalAddress(hops[Math.max(0, hops.length - 1 - trustedProxyHops)] ?? '');
  };
}

function canonicalAddress(text: string): string {
  const { bracketed, plain } = WITH_PORT.exec(text.trim())?.groups ?? {};
  const written = bracketed ?? plain ?? text.trim();
  // The library also reads the forms of inet_aton (`0x7f.1`), which nobody's proxy writes.
  if (!ipaddr.IPv4.isValidFourPartDecimal(written) && !ipaddr.IPv6.isValid(written)) return UNKNOWN;
  const address = ipaddr.process(written);
  if (address instanceof ipaddr.IPv4) return address.toString();
  const network = address.parts.map((part, index) => (index < NETWORK_PARTS ? part : 0));
  return `${new ipaddr.IPv6(network).toRFC5952String()}/64`;
}

function createProxyWarning(logger: Logger): () => void {
  let isToBeSaid = true;
  return () => {
    if (isToBeSaid)
      logger.warn(
        'requests arrive with X-Forwarded-For, but TRUSTED_PROXY_HOPS is 0: behind a proxy, everybody counts as one address',
      );
    isToBeSaid = false;
  };
}
