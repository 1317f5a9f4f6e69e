-- AlterTable
ALTER TABLE "product" ADD COLUMN     "picture_claim" UUID,
ADD COLUMN     "pictures" JSONB NOT NULL DEFAULT '[]';
