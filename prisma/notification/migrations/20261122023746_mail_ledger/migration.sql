-- AlterTable
ALTER TABLE "delivery" ADD COLUMN     "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "mail" JSONB,
ADD COLUMN     "template" TEXT NOT NULL DEFAULT '';

-- What the schema language cannot say. What the version before writes and reads stays valid.
ALTER TABLE "delivery" DROP CONSTRAINT "delivery_status_check";
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_status_check" CHECK ("status" IN ('queued', 'sending', 'sent', 'bounced', 'failed', 'withheld', 'rejected'));
CREATE INDEX "delivery_due_idx" ON "delivery" ("due_at") WHERE "mail" IS NOT NULL;
