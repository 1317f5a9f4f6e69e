-- CreateTable
CREATE TABLE "customer_tier" (
    "customer_id" UUID NOT NULL,
    "tier" TEXT NOT NULL,

    CONSTRAINT "customer_tier_pkey" PRIMARY KEY ("customer_id")
);
