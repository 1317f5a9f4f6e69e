-- CreateTable
CREATE TABLE "follower" (
    "product_id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "locale" CHAR(2) NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "follower_pkey" PRIMARY KEY ("product_id","owner_id")
);

-- CreateTable
CREATE TABLE "followed_variant" (
    "variant_id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "title" TEXT NOT NULL,
    "slug" TEXT NOT NULL,

    CONSTRAINT "followed_variant_pkey" PRIMARY KEY ("variant_id")
);

-- CreateTable
CREATE TABLE "telling" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "event_id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "locale" CHAR(2) NOT NULL,
    "title" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'due',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "reason" TEXT,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "telling_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "follower_owner_id_idx" ON "follower"("owner_id");

-- CreateIndex
CREATE UNIQUE INDEX "telling_event_id_product_id_owner_id_key" ON "telling"("event_id", "product_id", "owner_id");

-- What the schema language cannot say.
ALTER TABLE "telling" ADD CONSTRAINT "telling_status_check" CHECK ("status" IN ('due', 'sending', 'sent', 'rejected'));
CREATE INDEX "telling_due_idx" ON "telling" ("due_at") WHERE "status" IN ('due', 'sending');
CREATE INDEX "telling_ended_idx" ON "telling" ("ended_at") WHERE "ended_at" IS NOT NULL;
