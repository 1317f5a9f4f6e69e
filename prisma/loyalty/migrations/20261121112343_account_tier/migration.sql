-- AlterTable
ALTER TABLE "account" ADD COLUMN     "tier" TEXT;
