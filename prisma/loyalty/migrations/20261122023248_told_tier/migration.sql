-- AlterTable
ALTER TABLE "account" ADD COLUMN     "told_tier" TEXT;
