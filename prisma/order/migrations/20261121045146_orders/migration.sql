-- CreateTable
CREATE TABLE "instance" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "lease_until" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "instance_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "checkout" (
    "principal" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "request_id" TEXT NOT NULL,
    "order_id" UUID NOT NULL,
    "request" JSONB NOT NULL,
    "answer_kind" TEXT,
    "answer" JSON,
    "owner" UUID,
    "epoch" INTEGER NOT NULL DEFAULT 1,
    "due_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempts" INTEGER NOT NULL DEFAULT 1,
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(6),

    CONSTRAINT "checkout_pkey" PRIMARY KEY ("principal","key")
);

-- CreateTable
CREATE TABLE "orders" (
    "id" UUID NOT NULL,
    "sequence" BIGSERIAL NOT NULL,
    "number" CHAR(8) NOT NULL,
    "owner_id" UUID NOT NULL,
    "customer_id" UUID,
    "cart_id" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "is_promised" BOOLEAN NOT NULL DEFAULT false,
    "email" TEXT NOT NULL,
    "locale" CHAR(2) NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "subtotal" BIGINT NOT NULL,
    "shipping" BIGINT NOT NULL,
    "tax" BIGINT NOT NULL,
    "discount" BIGINT NOT NULL,
    "total" BIGINT NOT NULL,
    "lines" JSONB NOT NULL,
    "address" JSONB NOT NULL,
    "shipping_option" JSONB NOT NULL,
    "payment_id" UUID,
    "payment_status" TEXT,
    "points_earned" INTEGER NOT NULL DEFAULT 0,
    "points_redeemed" INTEGER NOT NULL DEFAULT 0,
    "next_action" JSONB,
    "cancel_reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3),
    "timeline" JSONB NOT NULL DEFAULT '[]',
    "last_event" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "orders_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_shipment" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "carrier" TEXT NOT NULL,
    "tracking_code" TEXT NOT NULL,

    CONSTRAINT "order_shipment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_history" (
    "order_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "type" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "data" JSONB NOT NULL,
    "source_event_id" UUID,

    CONSTRAINT "order_history_pkey" PRIMARY KEY ("order_id","sequence")
);

-- CreateTable
CREATE TABLE "compensation" (
    "order_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "refund_id" UUID,
    "minor" BIGINT,
    "currency" CHAR(3),
    "reason" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_error" TEXT,

    CONSTRAINT "compensation_pkey" PRIMARY KEY ("order_id","kind")
);

-- CreateIndex
CREATE INDEX "instance_name_idx" ON "instance"("name");

-- CreateIndex
CREATE UNIQUE INDEX "checkout_order_id_key" ON "checkout"("order_id");

-- CreateIndex
CREATE UNIQUE INDEX "orders_sequence_key" ON "orders"("sequence");

-- CreateIndex
CREATE UNIQUE INDEX "orders_number_key" ON "orders"("number");

-- CreateIndex
CREATE INDEX "orders_cart_id_idx" ON "orders"("cart_id");

-- CreateIndex
CREATE INDEX "order_shipment_order_id_idx" ON "order_shipment"("order_id");

-- CreateIndex
CREATE UNIQUE INDEX "order_history_source_event_id_key" ON "order_history"("source_event_id");

-- CreateIndex
CREATE INDEX "compensation_due_at_idx" ON "compensation"("due_at");

-- AddForeignKey
ALTER TABLE "order_shipment" ADD CONSTRAINT "order_shipment_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_history" ADD CONSTRAINT "order_history_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "compensation" ADD CONSTRAINT "compensation_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand: what Prisma does not model.

-- States of an order: docs/reference/orders.md.
ALTER TABLE "orders"
    ADD CONSTRAINT "orders_status_check" CHECK ("status" IN ('pending', 'requires-action', 'payment-unknown', 'confirmed', 'shipped', 'delivered', 'cancelled', 'refunded')),
    ADD CONSTRAINT "orders_payment_status_check" CHECK ("payment_status" IN ('pending', 'captured', 'declined', 'unknown', 'voided', 'refunded')),
    ADD CONSTRAINT "orders_total_check" CHECK ("total" = "subtotal" + "shipping" + "tax" - "discount" AND "total" >= 0),
    ADD CONSTRAINT "orders_confirmed_check" CHECK ("status" NOT IN ('confirmed', 'shipped', 'delivered', 'refunded') OR ("confirmed_at" IS NOT NULL AND "payment_id" IS NOT NULL)),
    ADD CONSTRAINT "orders_cancelled_check" CHECK (("status" = 'cancelled') = ("cancel_reason" IS NOT NULL));

ALTER TABLE "checkout"
    ADD CONSTRAINT "checkout_answer_check" CHECK (("answer_kind" IS NULL) = ("answer" IS NULL) AND "answer_kind" IN ('reply', 'problem')),
    ADD CONSTRAINT "checkout_finished_check" CHECK ("finished_at" IS NULL OR "answer_kind" IS NOT NULL);

ALTER TABLE "order_shipment"
    ADD CONSTRAINT "order_shipment_status_check" CHECK ("status" IN ('created', 'in-transit', 'delivered', 'lost', 'voided'));

ALTER TABLE "compensation"
    ADD CONSTRAINT "compensation_kind_check" CHECK ("kind" IN ('release', 'refund', 'cancel')),
    ADD CONSTRAINT "compensation_refund_check" CHECK (("kind" = 'refund') = ("refund_id" IS NOT NULL AND "minor" > 0 AND "currency" IS NOT NULL));

-- One cart, at most one order: a cancelled order gives the cart back only if it never was confirmed.
CREATE UNIQUE INDEX "orders_live_cart_key" ON "orders"("cart_id") WHERE "status" <> 'cancelled' OR "confirmed_at" IS NOT NULL;

-- Lists of a shopper, newest first.
CREATE INDEX "orders_owner_idx" ON "orders"("owner_id", "sequence" DESC) WHERE "is_promised";

-- Staff's search.
CREATE INDEX "orders_email_idx" ON "orders"(lower("email"));

-- Open checkouts: small, because what is finished leaves it.
CREATE INDEX "checkout_open_idx" ON "checkout"("due_at") WHERE "finished_at" IS NULL;
CREATE INDEX "checkout_created_at_idx" ON "checkout"("created_at");

-- Rows that are written two to ten times in their first minute.
ALTER TABLE "orders" SET (fillfactor = 70);
ALTER TABLE "instance" SET (fillfactor = 50);
