-- CreateTable
CREATE TABLE "channel_choice" (
    "owner_id" UUID NOT NULL,
    "channel" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "topics" TEXT[],
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "channel_choice_pkey" PRIMARY KEY ("owner_id","channel")
);

-- CreateTable
CREATE TABLE "sms" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "order_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "source" TEXT NOT NULL DEFAULT '',
    "topic" TEXT NOT NULL,
    "owner_id" UUID NOT NULL,
    "recipient" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "sms_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "sms_order_id_kind_source_key" ON "sms"("order_id", "kind", "source");

-- What the schema language cannot say.
ALTER TABLE "channel_choice" ADD CONSTRAINT "channel_choice_channel_check" CHECK ("channel" IN ('sms'));
ALTER TABLE "sms" ADD CONSTRAINT "sms_status_check" CHECK ("status" IN ('due', 'sending', 'sent', 'rejected', 'unwanted'));
CREATE INDEX "sms_due_idx" ON "sms" ("due_at") WHERE "status" IN ('due', 'sending');
