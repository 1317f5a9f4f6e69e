-- AlterTable
ALTER TABLE "cart" ADD COLUMN     "points_to_redeem" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "promotion_code" TEXT;

-- CreateTable
CREATE TABLE "promotion" (
    "id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "effect" JSONB NOT NULL,
    "conditions" JSONB NOT NULL DEFAULT '{}',
    "starts_at" TIMESTAMPTZ(3),
    "ends_at" TIMESTAMPTZ(3),
    "usage_limit" INTEGER,
    "customer_limit" INTEGER,
    "used" INTEGER NOT NULL DEFAULT 0,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "promotion_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "promotion_claim" (
    "order_id" UUID NOT NULL,
    "promotion_id" UUID,
    "owner_id" UUID,
    "state" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "promotion_claim_pkey" PRIMARY KEY ("order_id")
);

-- CreateTable
CREATE TABLE "tax_rate" (
    "country" CHAR(2) NOT NULL,
    "region" TEXT NOT NULL DEFAULT '',
    "category" TEXT NOT NULL DEFAULT '',
    "title" TEXT NOT NULL,
    "rate" INTEGER NOT NULL,
    "on_shipping" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "tax_rate_pkey" PRIMARY KEY ("country","region","category")
);

-- CreateTable
CREATE TABLE "points_rate" (
    "currency" CHAR(3) NOT NULL,
    "minor_per_point" BIGINT NOT NULL,

    CONSTRAINT "points_rate_pkey" PRIMARY KEY ("currency")
);

-- CreateIndex
CREATE UNIQUE INDEX "promotion_code_key" ON "promotion"("code");

-- CreateIndex
CREATE INDEX "promotion_claim_promotion_id_owner_id_idx" ON "promotion_claim"("promotion_id", "owner_id");

-- AddForeignKey
ALTER TABLE "promotion_claim" ADD CONSTRAINT "promotion_claim_promotion_id_fkey" FOREIGN KEY ("promotion_id") REFERENCES "promotion"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What the schema language cannot say.
ALTER TABLE "cart" ADD CONSTRAINT "cart_points_check" CHECK ("points_to_redeem" >= 0);
ALTER TABLE "promotion" ADD CONSTRAINT "promotion_code_check" CHECK ("code" ~ '^[A-Z0-9][A-Z0-9_-]{1,39}$');
ALTER TABLE "promotion" ADD CONSTRAINT "promotion_limits_check" CHECK ("usage_limit" >= 1 AND "customer_limit" >= 1 AND "used" >= 0 AND "used" <= coalesce("usage_limit", "used"));
ALTER TABLE "promotion_claim" ADD CONSTRAINT "promotion_claim_state_check" CHECK ("state" = 'released' OR ("state" = 'claimed' AND "promotion_id" IS NOT NULL AND "owner_id" IS NOT NULL));
ALTER TABLE "tax_rate" ADD CONSTRAINT "tax_rate_rate_check" CHECK ("rate" BETWEEN 0 AND 1000000);
ALTER TABLE "points_rate" ADD CONSTRAINT "points_rate_check" CHECK ("minor_per_point" > 0);

-- Rates of the shop, as docs/reference/pricing.md lists them. Where no row fits, the price holds the tax already and nothing is added.
INSERT INTO "points_rate" VALUES ('EUR', 1), ('USD', 1), ('JPY', 1), ('BHD', 10);
INSERT INTO "tax_rate" ("country", "region", "category", "title", "rate", "on_shipping") VALUES
  ('US', 'CA', '', 'Sales tax, California', 72500, false),
  ('US', 'FL', '', 'Sales tax, Florida', 60000, false),
  ('US', 'NY', '', 'Sales tax, New York', 40000, true),
  ('US', 'TX', '', 'Sales tax, Texas', 62500, true),
  ('US', 'WA', '', 'Sales tax, Washington', 65000, true),
  ('US', 'CA', 'food', 'Food, California', 0, false),
  ('US', 'FL', 'food', 'Food, Florida', 0, false),
  ('US', 'NY', 'food', 'Food, New York', 0, false),
  ('US', 'TX', 'food', 'Food, Texas', 0, false),
  ('US', 'WA', 'food', 'Food, Washington', 0, false),
  ('CA', '', '', 'GST, Canada', 50000, true),
  ('CA', 'ON', '', 'HST, Ontario', 130000, true),
  ('CA', 'QC', '', 'GST and QST, Quebec', 149750, true),
  ('CA', 'BC', '', 'GST and PST, British Columbia', 120000, true);
