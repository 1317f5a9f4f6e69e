-- AlterTable
ALTER TABLE "claim" ADD COLUMN     "product_id" UUID;
