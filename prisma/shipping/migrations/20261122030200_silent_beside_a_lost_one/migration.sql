-- What the schema language cannot say: of shipments with several labels, one parcel may be under way beside a lost one.
CREATE INDEX "shipment_silent_beside_idx" ON "shipment" ("heard_at") WHERE "status" IN ('lost', 'returned') AND "labels" <> '[]' AND "stopped_at" IS NULL;
