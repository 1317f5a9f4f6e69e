-- AlterTable
ALTER TABLE "webhook_received" ADD COLUMN     "verified" BOOLEAN;

-- CreateTable
CREATE TABLE "receiver_secret" (
    "name" TEXT NOT NULL,
    "secret" TEXT NOT NULL,

    CONSTRAINT "receiver_secret_pkey" PRIMARY KEY ("name")
);
