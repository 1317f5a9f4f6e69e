/** What has grown, by its UUID; `isAny` when something was missed. Both empty: a sign of life. */
export type Growth = { readonly ids: readonly string[]; readonly isAny: boolean };

/** How the replicas of a service tell each other of growth. What is told may be lost, and then the next look finds it. */
export type GrowthChannel = {
  tell(ids: readonly string[]): Promise<void>;
  /** Calls `onGrowth` for what other replicas tell, and with `isAny` whenever it could have missed something. Until `stop`. */
  listen(onGrowth: (growth: Growth) => void): void;
  stop(): Promise<void>;
};
