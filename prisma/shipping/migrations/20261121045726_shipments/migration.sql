-- CreateTable
CREATE TABLE "shipment" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "owner_id" UUID,
    "status" TEXT NOT NULL,
    "carrier" TEXT,
    "label_id" TEXT,
    "tracking_code" TEXT,
    "parcels" JSONB NOT NULL DEFAULT '[]',
    "refusal" TEXT,
    "stopped_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "shipment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tracking_entry" (
    "id" BIGSERIAL NOT NULL,
    "shipment_id" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "tracking_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "carrier_webhook" (
    "webhook_id" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "carrier_webhook_pkey" PRIMARY KEY ("webhook_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "shipment_order_id_key" ON "shipment"("order_id");

-- CreateIndex
CREATE UNIQUE INDEX "shipment_tracking_code_key" ON "shipment"("tracking_code");

-- CreateIndex
CREATE INDEX "tracking_entry_shipment_id_idx" ON "tracking_entry"("shipment_id");

-- AddForeignKey
ALTER TABLE "tracking_entry" ADD CONSTRAINT "tracking_entry_shipment_id_fkey" FOREIGN KEY ("shipment_id") REFERENCES "shipment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What the schema language cannot say.
ALTER TABLE "shipment" ADD CONSTRAINT "shipment_status_check" CHECK ("status" IN ('planned', 'created', 'in-transit', 'delivered', 'lost', 'voided'));
ALTER TABLE "shipment" ADD CONSTRAINT "shipment_label_check" CHECK ("status" = 'planned' OR ("label_id" IS NOT NULL AND "tracking_code" IS NOT NULL));
