-- News of refunds have a table of their own: a replica of the release before works off whatever is in provider_news, and would count as handled what it cannot read.
-- CreateTable
CREATE TABLE "refund_news" (
    "provider" TEXT NOT NULL,
    "webhook_id" TEXT NOT NULL,
    "news" JSONB NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_error" TEXT,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "handled_at" TIMESTAMPTZ(3),

    CONSTRAINT "refund_news_pkey" PRIMARY KEY ("provider","webhook_id")
);

-- By hand, as of provider_news.
CREATE INDEX "refund_news_open_idx" ON "refund_news"("due_at") WHERE "handled_at" IS NULL;
CREATE INDEX "refund_news_handled_idx" ON "refund_news"("handled_at") WHERE "handled_at" IS NOT NULL;
