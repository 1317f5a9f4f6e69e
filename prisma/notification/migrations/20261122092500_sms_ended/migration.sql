-- What the schema language cannot say: text messages that have ended, until they are deleted.
CREATE INDEX "sms_ended_idx" ON "sms" ("ended_at") WHERE "ended_at" IS NOT NULL;
