-- CreateTable
CREATE TABLE "resending" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "delivery_id" UUID NOT NULL,
    "actor" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "resending_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "resending_delivery_id_idx" ON "resending"("delivery_id");
