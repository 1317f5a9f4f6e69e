-- AlterTable
ALTER TABLE "ledger_entry" ADD COLUMN     "rule_version" INTEGER,
ADD COLUMN     "tier" TEXT;

-- CreateTable
CREATE TABLE "rule_set" (
    "version" INTEGER NOT NULL,
    "valid_from" TIMESTAMPTZ(3) NOT NULL,
    "rules" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rule_set_pkey" PRIMARY KEY ("version")
);

-- CreateTable
CREATE TABLE "points_release" (
    "order_id" UUID NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "points_release_pkey" PRIMARY KEY ("order_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "rule_set_valid_from_key" ON "rule_set"("valid_from");

-- CreateIndex
CREATE INDEX "points_release_due_at_idx" ON "points_release"("due_at");

-- The shop's first rules. Source: docs/reference/loyalty.md.
INSERT INTO "rule_set" ("version", "valid_from", "rules") VALUES (1, '1970-01-01', '{
  "unitsPerPoint": {"EUR": 1, "USD": 1, "JPY": 100, "BHD": 1}, "categoryPercent": {}, "tierPercent": {}, "campaigns": [], "capPerOrder": null,
  "tiers": [{"name": "bronze", "from": 0}, {"name": "silver", "from": 500}, {"name": "gold", "from": 2000}], "tierDays": 365, "expiryDays": 730
}');
