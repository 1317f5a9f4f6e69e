-- AlterTable
ALTER TABLE "checkout" ADD COLUMN     "ending" JSON;
