-- CreateIndex
CREATE INDEX "shipment_tracking_code_idx" ON "shipment"("tracking_code");

-- CreateIndex
CREATE UNIQUE INDEX "shipment_carrier_label_id_key" ON "shipment"("carrier", "label_id");

-- Carriers use codes again; what is theirs alone is the label's id.
DROP INDEX "shipment_tracking_code_key";

-- What the schema language cannot say.
CREATE INDEX "shipment_draft_idx" ON "shipment" ("draft_id") WHERE "status" = 'planned';
