-- What the schema language cannot say: mails that were given up and can be sent again, until what they are made from is forgotten.
CREATE INDEX "delivery_given_up_idx" ON "delivery" ("queued_at") WHERE "status" IN ('bounced', 'failed') AND "facts" IS NOT NULL;
