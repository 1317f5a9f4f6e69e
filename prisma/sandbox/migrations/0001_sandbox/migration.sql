-- The bank. A row is an idempotency key; a charge once its status is neither open nor closed.
CREATE TABLE "bank_charge" (
    "id" TEXT NOT NULL,
    "sequence" BIGSERIAL NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "order_id" TEXT,
    "minor" BIGINT,
    "currency" TEXT,
    "payment_method" TEXT,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "status" TEXT NOT NULL,
    "decline_code" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "bank_charge_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "bank_charge_status_check" CHECK ("status" IN ('open', 'closed', 'requires-action', 'captured', 'declined', 'voided')),
    CONSTRAINT "bank_charge_complete_check" CHECK (
        "status" = 'closed'
        OR ("order_id" IS NOT NULL AND "minor" > 0 AND "currency" IS NOT NULL AND "payment_method" IS NOT NULL)
    ),
    CONSTRAINT "bank_charge_declined_check" CHECK (("status" = 'declined') = ("decline_code" IS NOT NULL))
);

CREATE TABLE "bank_refund" (
    "id" TEXT NOT NULL,
    "sequence" BIGSERIAL NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "charge_id" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "minor" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "bank_refund_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "bank_refund_minor_check" CHECK ("minor" > 0)
);

-- The carrier.
CREATE TABLE "carrier_label" (
    "id" TEXT NOT NULL,
    "sequence" BIGSERIAL NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "tracking_code" TEXT NOT NULL,
    "service" TEXT NOT NULL,
    "shipping_address" JSONB NOT NULL,
    "parcels" JSONB NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'created',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "carrier_label_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "carrier_label_status_check" CHECK ("status" IN ('created', 'in-transit', 'delivered', 'lost', 'voided'))
);

-- Webhooks owed to the shop, delivered in order within a stream.
CREATE TABLE "webhook_delivery" (
    "sequence" BIGSERIAL NOT NULL,
    "webhook_id" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "stream" TEXT NOT NULL,
    "payload" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "delivered_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "webhook_delivery_pkey" PRIMARY KEY ("sequence"),
    CONSTRAINT "webhook_delivery_target_check" CHECK ("target" IN ('payment', 'carrier'))
);

-- The mailbox. Keys are lower-case; `raw` is the message byte for byte.
CREATE TABLE "mail" (
    "id" TEXT NOT NULL,
    "sequence" BIGSERIAL NOT NULL,
    "message_key" TEXT,
    "sender" TEXT NOT NULL,
    "recipients" TEXT[],
    "recipient_keys" TEXT[],
    "subject" TEXT NOT NULL,
    "raw" BYTEA NOT NULL,
    "relay" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "mail_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "mail_relay_check" CHECK ("relay" IN ('none', 'due', 'done', 'failed'))
);

-- The webhook receiver.
CREATE TABLE "webhook_received" (
    "id" TEXT NOT NULL,
    "sequence" BIGSERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "headers" JSONB NOT NULL,
    "body" BYTEA NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "webhook_received_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "fault" (
    "target" TEXT NOT NULL,
    "error_rate" DOUBLE PRECISION NOT NULL,
    "latency_ms" INTEGER NOT NULL,
    "down" BOOLEAN NOT NULL,

    CONSTRAINT "fault_pkey" PRIMARY KEY ("target"),
    CONSTRAINT "fault_error_rate_check" CHECK ("error_rate" BETWEEN 0 AND 1),
    CONSTRAINT "fault_latency_check" CHECK ("latency_ms" >= 0)
);

-- CreateIndex
CREATE UNIQUE INDEX "bank_charge_sequence_key" ON "bank_charge"("sequence");
CREATE UNIQUE INDEX "bank_charge_idempotency_key_key" ON "bank_charge"("idempotency_key");
CREATE INDEX "bank_charge_order_id_idx" ON "bank_charge"("order_id");
CREATE UNIQUE INDEX "bank_refund_sequence_key" ON "bank_refund"("sequence");
CREATE UNIQUE INDEX "bank_refund_idempotency_key_key" ON "bank_refund"("idempotency_key");
CREATE INDEX "bank_refund_charge_id_idx" ON "bank_refund"("charge_id");
CREATE INDEX "bank_refund_order_id_idx" ON "bank_refund"("order_id");
CREATE UNIQUE INDEX "carrier_label_sequence_key" ON "carrier_label"("sequence");
CREATE UNIQUE INDEX "carrier_label_idempotency_key_key" ON "carrier_label"("idempotency_key");
CREATE UNIQUE INDEX "carrier_label_tracking_code_key" ON "carrier_label"("tracking_code");
CREATE INDEX "carrier_label_order_id_idx" ON "carrier_label"("order_id");
CREATE UNIQUE INDEX "mail_sequence_key" ON "mail"("sequence");
CREATE INDEX "mail_message_key_idx" ON "mail"("message_key");
CREATE INDEX "mail_recipient_keys_idx" ON "mail" USING GIN ("recipient_keys");
CREATE UNIQUE INDEX "webhook_received_sequence_key" ON "webhook_received"("sequence");
CREATE INDEX "webhook_received_name_idx" ON "webhook_received"("name");

-- Partial indexes over open work: small, because what is done leaves them.
CREATE INDEX "webhook_delivery_open_idx" ON "webhook_delivery"("stream", "sequence") WHERE "delivered_at" IS NULL;
CREATE INDEX "mail_relay_due_idx" ON "mail"("sequence") WHERE "relay" = 'due';

-- AddForeignKey
ALTER TABLE "bank_refund" ADD CONSTRAINT "bank_refund_charge_id_fkey" FOREIGN KEY ("charge_id") REFERENCES "bank_charge"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
