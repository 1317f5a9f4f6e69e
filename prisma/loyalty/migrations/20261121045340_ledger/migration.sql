-- CreateTable
CREATE TABLE "ledger_entry" (
    "id" UUID NOT NULL,
    "sequence" BIGSERIAL NOT NULL,
    "customer_id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "source" TEXT NOT NULL DEFAULT '',
    "pending" BIGINT NOT NULL,
    "available" BIGINT NOT NULL,
    "shop" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ledger_entry_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "ledger_entry_sequence_key" ON "ledger_entry"("sequence");

-- CreateIndex
CREATE INDEX "ledger_entry_customer_id_sequence_idx" ON "ledger_entry"("customer_id", "sequence");

-- CreateIndex
CREATE UNIQUE INDEX "ledger_entry_order_id_kind_source_key" ON "ledger_entry"("order_id", "kind", "source");

-- What the schema language cannot say.
ALTER TABLE "ledger_entry" ADD CONSTRAINT "ledger_entry_balanced" CHECK ("pending" + "available" + "shop" = 0);
ALTER TABLE "ledger_entry" ADD CONSTRAINT "ledger_entry_kind_check" CHECK ("kind" IN ('earned', 'available', 'reversed'));
