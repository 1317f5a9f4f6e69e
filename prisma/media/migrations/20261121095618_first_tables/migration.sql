-- CreateTable
CREATE TABLE "picture" (
    "id" UUID NOT NULL,
    "sha256" TEXT NOT NULL,
    "source_key" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "format" TEXT NOT NULL,
    "job_id" UUID NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'processing',
    "width" INTEGER NOT NULL DEFAULT 0,
    "height" INTEGER NOT NULL DEFAULT 0,
    "blur_hash" TEXT NOT NULL DEFAULT '',
    "color" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "picture_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rendition" (
    "picture_id" UUID NOT NULL,
    "width" INTEGER NOT NULL,
    "format" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,

    CONSTRAINT "rendition_pkey" PRIMARY KEY ("picture_id","width","format")
);

-- CreateTable
CREATE TABLE "claim" (
    "claim" UUID NOT NULL,
    "picture_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "claim_pkey" PRIMARY KEY ("claim","picture_id")
);

-- CreateTable
CREATE TABLE "loose_object" (
    "key" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "loose_object_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE UNIQUE INDEX "picture_sha256_key" ON "picture"("sha256");

-- CreateIndex
CREATE INDEX "claim_picture_id_idx" ON "claim"("picture_id");

-- CreateIndex
CREATE INDEX "loose_object_due_at_idx" ON "loose_object"("due_at");

-- AddForeignKey
ALTER TABLE "rendition" ADD CONSTRAINT "rendition_picture_id_fkey" FOREIGN KEY ("picture_id") REFERENCES "picture"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "claim" ADD CONSTRAINT "claim_picture_id_fkey" FOREIGN KEY ("picture_id") REFERENCES "picture"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What the schema language cannot say.
ALTER TABLE "picture" ADD CONSTRAINT "picture_state_check" CHECK ("state" IN ('processing', 'ready', 'failed'));
ALTER TABLE "picture" ADD CONSTRAINT "picture_format_check" CHECK ("format" IN ('avif', 'gif', 'jpeg', 'png', 'webp'));
ALTER TABLE "rendition" ADD CONSTRAINT "rendition_format_check" CHECK ("format" IN ('avif', 'webp', 'jpeg'));
