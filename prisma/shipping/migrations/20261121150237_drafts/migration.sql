-- AlterTable
ALTER TABLE "shipment" ADD COLUMN     "draft_id" TEXT;
