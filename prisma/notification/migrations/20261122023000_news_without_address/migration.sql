-- What the schema language cannot say.
ALTER TABLE "telling" DROP CONSTRAINT "telling_status_check";
ALTER TABLE "telling" ADD CONSTRAINT "telling_status_check" CHECK ("status" IN ('unaddressed', 'due', 'sending', 'sent', 'rejected', 'gathered', 'digested', 'unwanted'));
CREATE INDEX "telling_unaddressed_idx" ON "telling" ("due_at") WHERE "status" = 'unaddressed';
