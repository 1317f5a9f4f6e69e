-- Rows that are there are looked at once, by the next expiry.
-- AlterTable
ALTER TABLE "account" ADD COLUMN     "expires_from" TIMESTAMPTZ(3) DEFAULT '-infinity';

-- CreateIndex
CREATE INDEX "account_expires_from_customer_id_idx" ON "account"("expires_from", "customer_id");
