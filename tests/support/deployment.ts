/** A whole Rally that a suite can talk to, whatever it is made of. */
export interface Deployment {
  /** `http://host:port`; the second one, where there are several gateways, is another gateway of the same system. */
  readonly addresses: readonly [string, ...string[]];
  stop(): Promise<void>;
}

/** Environment variables on top of the deployment's own. */
export type Settings = Readonly<Record<string, string>>;

export type StartDeployment = (settings?: Settings) => Promise<Deployment>;
