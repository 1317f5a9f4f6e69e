-- CreateIndex
CREATE INDEX "carrier_webhook_received_at_idx" ON "carrier_webhook"("received_at");
