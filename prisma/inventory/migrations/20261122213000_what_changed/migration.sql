-- What the auditor asks every minute: which orders and variants have changed. Rows are written in the order of time, so a summary by ranges of pages finds the last ones.
CREATE INDEX "movement_at_idx" ON "movement" USING brin ("at") WITH (autosummarize = on);
CREATE INDEX "reservation_created_idx" ON "reservation" USING brin ("created_at") WITH (autosummarize = on);
