-- CreateTable
CREATE TABLE "document" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "reference" TEXT NOT NULL DEFAULT '',
    "number" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "facts" JSONB NOT NULL,
    "job_id" UUID NOT NULL,
    "sha256" TEXT,
    "size_bytes" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "document_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "number_series" (
    "series" TEXT NOT NULL,
    "last" INTEGER NOT NULL,

    CONSTRAINT "number_series_pkey" PRIMARY KEY ("series")
);

-- CreateIndex
CREATE UNIQUE INDEX "document_number_key" ON "document"("number");

-- CreateIndex
CREATE UNIQUE INDEX "document_job_id_key" ON "document"("job_id");

-- CreateIndex
CREATE UNIQUE INDEX "document_order_id_kind_reference_key" ON "document"("order_id", "kind", "reference");
