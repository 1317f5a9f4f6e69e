-- What the schema language cannot say: only while one of its parcels is under way; a shipment of which all are over would stay in it for ever, as the oldest.
CREATE INDEX "shipment_silent_parcel_idx" ON "shipment" ("heard_at") WHERE "status" IN ('lost', 'returned') AND "labels" <> '[]'
    AND "labels" @? '$[*] ? (@.status == "created" || @.status == "in-transit")' AND "stopped_at" IS NULL;
DROP INDEX "shipment_silent_beside_idx";
