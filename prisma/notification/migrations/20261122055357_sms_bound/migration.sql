-- CreateIndex
CREATE INDEX "sms_recipient_created_at_idx" ON "sms"("recipient", "created_at");
