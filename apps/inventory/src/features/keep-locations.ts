import { type Caller, once, type Scope } from '@tandem/host';
import type { Database } from '@tandem/kernel';
import type { Locations } from '../domain/ports.js';
import type { Location } from '../domain/stock.js';

export type Keeping<Reply> = {
  readonly caller: Caller;
  readonly scope: Scope | undefined;
  /** Makes the reply that a repeat of the key gets again; a throw is a refusal and leaves the key free. */
  readonly answer: (outcome: { readonly kind: 'added'; readonly location: Location } | { readonly kind: 'name-taken' }) => Reply;
};

/** The places where stock lies. One that is added has none yet: an adjustment brings it there. */
export class KeepLocations {
  constructor(
    private readonly database: Database,
    private readonly locations: Locations,
  ) {}

  list(): Promise<readonly Location[]> {
    return this.locations.all();
  }

  add<Reply>(location: Location, { caller, scope, answer }: Keeping<Reply>): Promise<Reply> {
    return once(this.database, caller, scope, {
      prepare: () => Promise.resolve(),
      run: async (tx) => answer((await this.locations.add(location, tx)) ? { kind: 'added', location } : { kind: 'name-taken' }),
    });
  }
}
