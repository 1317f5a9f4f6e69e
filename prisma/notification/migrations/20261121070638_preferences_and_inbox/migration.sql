-- AlterTable
ALTER TABLE "delivery" ADD COLUMN     "owner_id" UUID,
ADD COLUMN     "read_at" TIMESTAMPTZ(3),
ADD COLUMN     "sequence" BIGSERIAL NOT NULL,
ADD COLUMN     "title" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "token" UUID NOT NULL DEFAULT gen_random_uuid();

-- CreateTable
CREATE TABLE "preference" (
    "subject" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "wanted" BOOLEAN NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "preference_pkey" PRIMARY KEY ("subject","topic")
);

-- CreateIndex
CREATE UNIQUE INDEX "delivery_sequence_key" ON "delivery"("sequence");

-- CreateIndex
CREATE UNIQUE INDEX "delivery_token_key" ON "delivery"("token");

-- CreateIndex
CREATE INDEX "delivery_owner_id_sequence_idx" ON "delivery"("owner_id", "sequence" DESC);

-- What the schema language cannot say.
ALTER TABLE "delivery" DROP CONSTRAINT "delivery_status_check";
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_status_check" CHECK ("status" IN ('sending', 'sent', 'rejected', 'withheld'));
ALTER TABLE "preference" ADD CONSTRAINT "preference_topic_check" CHECK ("topic" IN ('order', 'shipment', 'loyalty', 'marketing'));
