-- AlterTable
ALTER TABLE "delivery" ADD COLUMN     "facts" JSONB,
ADD COLUMN     "queued_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- What the schema language cannot say. A replica of the release before sees only rows with `mail` as its queue: it does not send a mail it could not write.
CREATE INDEX "delivery_open_idx" ON "delivery" ("due_at") WHERE "status" IN ('queued', 'sending');
