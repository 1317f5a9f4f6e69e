-- AlterTable
ALTER TABLE "follower" ADD COLUMN     "cheaper_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "telling" ADD COLUMN     "facts" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "kind" TEXT NOT NULL DEFAULT 'product.back',
ALTER COLUMN "product_id" DROP NOT NULL,
ALTER COLUMN "title" SET DEFAULT '',
ALTER COLUMN "slug" SET DEFAULT '';

-- CreateTable
CREATE TABLE "mail_timing" (
    "owner_id" UUID NOT NULL,
    "quiet_from" INTEGER,
    "quiet_to" INTEGER,
    "time_zone" TEXT NOT NULL DEFAULT 'UTC',
    "is_digest" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "mail_timing_pkey" PRIMARY KEY ("owner_id")
);

-- CreateIndex
CREATE INDEX "followed_variant_product_id_idx" ON "followed_variant"("product_id");

-- What the schema language cannot say.
ALTER TABLE "telling" DROP CONSTRAINT "telling_status_check";
ALTER TABLE "telling" ADD CONSTRAINT "telling_status_check" CHECK ("status" IN ('due', 'sending', 'sent', 'rejected', 'gathered', 'digested'));
ALTER TABLE "telling" ADD CONSTRAINT "telling_kind_check" CHECK ("kind" IN ('product.back', 'product.cheaper', 'points.available', 'points.tier', 'points.expiring', 'digest'));
CREATE UNIQUE INDEX "telling_event_kind_owner_key" ON "telling" ("event_id", "kind", "owner_id") WHERE "product_id" IS NULL;
CREATE INDEX "telling_gathered_idx" ON "telling" ("due_at") WHERE "status" = 'gathered';
ALTER TABLE "mail_timing" ADD CONSTRAINT "mail_timing_quiet_check" CHECK (("quiet_from" IS NULL) = ("quiet_to" IS NULL) AND "quiet_from" BETWEEN 0 AND 1439 AND "quiet_to" BETWEEN 0 AND 1439);
