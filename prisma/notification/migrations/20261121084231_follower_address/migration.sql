-- What the schema language cannot say: an address is one address however it is written.
CREATE INDEX "follower_address_idx" ON "follower" (lower("email"));
