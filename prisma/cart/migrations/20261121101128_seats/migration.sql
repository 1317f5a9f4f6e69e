-- AlterTable
ALTER TABLE "cart_line" ADD COLUMN     "seats" TEXT[] DEFAULT ARRAY[]::TEXT[];
