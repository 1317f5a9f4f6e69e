/** The present moment. Business time comes from here; leases and TTLs use the database's `now()`. */
export type Now = () => Date;
