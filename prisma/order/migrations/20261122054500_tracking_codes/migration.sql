-- AlterTable
ALTER TABLE "order_shipment" ADD COLUMN     "tracking_codes" TEXT[] DEFAULT ARRAY[]::TEXT[];
