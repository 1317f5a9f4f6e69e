-- CreateTable
CREATE TABLE "provider_news" (
    "provider" TEXT NOT NULL,
    "webhook_id" TEXT NOT NULL,
    "news" JSONB NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_error" TEXT,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "handled_at" TIMESTAMPTZ(3),

    CONSTRAINT "provider_news_pkey" PRIMARY KEY ("provider","webhook_id")
);

-- By hand: what has not been handled yet stays small; what was is forgotten after its time.
CREATE INDEX "provider_news_open_idx" ON "provider_news"("due_at") WHERE "handled_at" IS NULL;
CREATE INDEX "provider_news_handled_idx" ON "provider_news"("handled_at") WHERE "handled_at" IS NOT NULL;
