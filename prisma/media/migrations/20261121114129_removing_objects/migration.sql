-- AlterTable
ALTER TABLE "loose_object" ADD COLUMN     "is_removing" BOOLEAN NOT NULL DEFAULT false;
