-- AlterTable
ALTER TABLE "order_shipment" ADD COLUMN     "estimated_delivery" TEXT;
