-- What the auditor asks every minute: which orders have changed. Rows are written in the order of time, so a summary by ranges of pages finds the last ones.
CREATE INDEX "delivery_times_idx" ON "delivery" USING brin ("created_at", "sent_at") WITH (autosummarize = on);
