-- AlterTable
ALTER TABLE "shipment" ADD COLUMN     "drafts" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "estimated_delivery" TEXT,
ADD COLUMN     "labels" JSONB NOT NULL DEFAULT '[]';

-- What the schema language cannot say: shipments with several labels alone are looked for by them.
CREATE INDEX "shipment_labels_idx" ON "shipment" USING gin ("labels" jsonb_path_ops) WHERE "labels" <> '[]';
CREATE INDEX "shipment_drafts_idx" ON "shipment" USING gin ("drafts") WHERE "drafts" <> '{}';
