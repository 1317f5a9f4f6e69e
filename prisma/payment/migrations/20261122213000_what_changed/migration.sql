-- What the auditor asks every minute: which orders have changed. Rows are written in the order of time, so a summary by ranges of pages finds the last ones.
CREATE INDEX "payment_times_idx" ON "payment" USING brin ("created_at", "settled_at") WITH (autosummarize = on);
CREATE INDEX "refund_times_idx" ON "refund" USING brin ("created_at", "settled_at") WITH (autosummarize = on);
