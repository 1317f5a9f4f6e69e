-- CreateTable
CREATE TABLE "sms" (
    "id" TEXT NOT NULL,
    "sequence" BIGSERIAL NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sms_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "sms_sequence_key" ON "sms"("sequence");

-- CreateIndex
CREATE UNIQUE INDEX "sms_idempotency_key_key" ON "sms"("idempotency_key");

-- CreateIndex
CREATE INDEX "sms_recipient_idx" ON "sms"("recipient");
