const LOOPBACK_NAMES: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/** Whether web pages of this origin may use the API and the WebSocket with cookies. */
export type AllowsOrigin = (origin: string) => boolean;

/** `configured` as in `ALLOWED_ORIGINS`; without it, the public address itself, on loopback by each of its names. */
export function createAllowsOrigin(
  configured: readonly string[] | undefined,
  publicAddress: () => { host: string; port: number },
): AllowsOrigin {
  return (origin) => {
    if (configured) return configured.includes(origin);
    const { host, port } = publicAddress();
    const names = LOOPBACK_NAMES.includes(host) ? LOOPBACK_NAMES : [host];
    return names.some((name) => origin === new URL(`http://${name}:${port}`).origin);
  };
}
