-- AlterTable
ALTER TABLE "checkout" ADD COLUMN     "woken_at" TIMESTAMPTZ(6);

-- AlterTable
ALTER TABLE "order_refund" ADD COLUMN     "request_hash" BYTEA;
