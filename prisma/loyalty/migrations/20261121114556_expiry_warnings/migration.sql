-- AlterTable
ALTER TABLE "account" ADD COLUMN     "warned_at" TIMESTAMPTZ(3);
