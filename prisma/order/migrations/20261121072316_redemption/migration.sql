-- AlterTable
ALTER TABLE "orders" ADD COLUMN     "promotion_code" TEXT;
