-- What the auditor asks every minute: which orders have changed. Rows are written in the order of time, so a summary by ranges of pages finds the last ones.
CREATE INDEX "shipment_created_idx" ON "shipment" USING brin ("created_at") WITH (autosummarize = on);
