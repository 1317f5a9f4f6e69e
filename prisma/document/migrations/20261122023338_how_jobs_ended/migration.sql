-- AlterTable
ALTER TABLE "document" ADD COLUMN     "ended_as" TEXT,
ADD COLUMN     "ended_at" TIMESTAMPTZ(3),
ADD COLUMN     "failure" TEXT;

-- What the schema language cannot say.
ALTER TABLE "document" ADD CONSTRAINT "document_ended_as_check" CHECK ("ended_as" IN ('done', 'failed', 'cancelled'));
