-- CreateTable
CREATE TABLE "notice" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "kind" TEXT NOT NULL,
    "event_id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "title" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL DEFAULT nextval('delivery_sequence_seq'::regclass),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "read_at" TIMESTAMPTZ(3),

    CONSTRAINT "notice_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "notice_sequence_key" ON "notice"("sequence");

-- CreateIndex
CREATE INDEX "notice_owner_id_sequence_idx" ON "notice"("owner_id", "sequence" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "notice_event_id_owner_id_key" ON "notice"("event_id", "owner_id");
