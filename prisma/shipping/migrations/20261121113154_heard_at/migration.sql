-- AlterTable
ALTER TABLE "shipment" ADD COLUMN     "heard_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- What the schema language cannot say.
CREATE INDEX "shipment_silent_idx" ON "shipment" ("heard_at") WHERE "status" IN ('created', 'in-transit') AND "stopped_at" IS NULL;
