-- An address that has never taken anything may be dead: it gets a place of its own until it has. Those of before count as proven.
ALTER TABLE "endpoint" ADD COLUMN "is_proven" BOOLEAN NOT NULL DEFAULT true;
