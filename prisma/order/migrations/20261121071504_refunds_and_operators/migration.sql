-- CreateTable
CREATE TABLE "order_refund" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "minor" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "cause" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "lines" JSONB NOT NULL DEFAULT '[]',
    "status" TEXT NOT NULL DEFAULT 'pending',
    "requested_by" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "order_refund_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "saga_action" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "action" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "saga_action_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "order_refund_order_id_idx" ON "order_refund"("order_id");

-- CreateIndex
CREATE INDEX "saga_action_order_id_idx" ON "saga_action"("order_id");

-- AddForeignKey
ALTER TABLE "order_refund" ADD CONSTRAINT "order_refund_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand: what Prisma does not model.
ALTER TABLE "order_refund"
    ADD CONSTRAINT "order_refund_minor_check" CHECK ("minor" > 0),
    ADD CONSTRAINT "order_refund_cause_check" CHECK ("cause" IN ('staff', 'cancel')),
    ADD CONSTRAINT "order_refund_status_check" CHECK ("status" IN ('pending', 'succeeded', 'refused', 'written-off'));

-- What is not over yet stays small.
CREATE INDEX "order_refund_due_idx" ON "order_refund"("due_at") WHERE "status" = 'pending';
CREATE INDEX "order_refund_refused_idx" ON "order_refund"("created_at") WHERE "status" = 'refused';
