-- AlterTable
ALTER TABLE "telling" ADD COLUMN     "put_off_ms" INTEGER NOT NULL DEFAULT 0;
