-- CreateTable
CREATE TABLE "endpoint" (
    "id" UUID NOT NULL,
    "sequence" BIGSERIAL NOT NULL,
    "owner_id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "events" TEXT[],
    "secret" TEXT NOT NULL,
    "previous_secret" TEXT,
    "previous_until" TIMESTAMPTZ(3),
    "disabled_why" TEXT,
    "failing_since" TIMESTAMPTZ(3),
    "retry_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "endpoint_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "delivery" (
    "id" UUID NOT NULL,
    "sequence" BIGSERIAL NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "event" TEXT NOT NULL,
    "payload" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "is_resend" BOOLEAN NOT NULL DEFAULT false,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "last_status" INTEGER,
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "tried_at" TIMESTAMPTZ(3),

    CONSTRAINT "delivery_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "guest_order" (
    "order_id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,

    CONSTRAINT "guest_order_pkey" PRIMARY KEY ("order_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "endpoint_sequence_key" ON "endpoint"("sequence");

-- CreateIndex
CREATE INDEX "endpoint_owner_id_sequence_idx" ON "endpoint"("owner_id", "sequence");

-- CreateIndex
CREATE UNIQUE INDEX "delivery_sequence_key" ON "delivery"("sequence");

-- CreateIndex
CREATE INDEX "delivery_endpoint_id_sequence_idx" ON "delivery"("endpoint_id", "sequence" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "delivery_endpoint_id_event_id_key" ON "delivery"("endpoint_id", "event_id");

-- AddForeignKey
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_endpoint_id_fkey" FOREIGN KEY ("endpoint_id") REFERENCES "endpoint"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What the schema language cannot say.
ALTER TABLE "endpoint" ADD CONSTRAINT "endpoint_disabled_why_check" CHECK ("disabled_why" IN ('gone', 'failing', 'by-owner'));
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_status_check" CHECK ("status" IN ('pending', 'delivered', 'failed'));
CREATE INDEX "delivery_due_idx" ON "delivery" ("endpoint_id", "due_at") WHERE "status" = 'pending';
CREATE INDEX "delivery_order_idx" ON "delivery" ("endpoint_id", "order_id", "sequence") WHERE "status" = 'pending';
CREATE INDEX "delivery_ended_idx" ON "delivery" ("created_at") WHERE "status" <> 'pending';
