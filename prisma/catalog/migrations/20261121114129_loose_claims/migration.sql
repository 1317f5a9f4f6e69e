-- CreateTable
CREATE TABLE "loose_claim" (
    "claim" UUID NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "loose_claim_pkey" PRIMARY KEY ("claim")
);

-- CreateIndex
CREATE INDEX "loose_claim_due_at_idx" ON "loose_claim"("due_at");
