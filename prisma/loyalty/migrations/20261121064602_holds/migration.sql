-- CreateTable
CREATE TABLE "account" (
    "customer_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_pkey" PRIMARY KEY ("customer_id")
);

-- CreateTable
CREATE TABLE "points_hold" (
    "order_id" UUID NOT NULL,
    "customer_id" UUID,
    "points" BIGINT NOT NULL,
    "state" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "points_hold_pkey" PRIMARY KEY ("order_id")
);

-- CreateIndex
CREATE INDEX "points_hold_customer_id_state_idx" ON "points_hold"("customer_id", "state");

-- What the schema language cannot say.
ALTER TABLE "points_hold" ADD CONSTRAINT "points_hold_state_check" CHECK ("points" >= 0 AND ("state" = 'released' OR ("state" IN ('held', 'spent') AND "customer_id" IS NOT NULL)));
ALTER TABLE "ledger_entry" DROP CONSTRAINT "ledger_entry_kind_check";
ALTER TABLE "ledger_entry" ADD CONSTRAINT "ledger_entry_kind_check" CHECK ("kind" IN ('earned', 'available', 'reversed', 'redeemed', 'returned', 'expired'));
