-- What the auditor asks every minute: which orders have changed. `at` is when the points were earned, which may be long before it was written down here.
ALTER TABLE "ledger_entry" ADD COLUMN     "written_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- Rows are written in the order of time, so a summary by ranges of pages finds the last ones.
CREATE INDEX "ledger_entry_written_idx" ON "ledger_entry" USING brin ("written_at") WITH (autosummarize = on);
