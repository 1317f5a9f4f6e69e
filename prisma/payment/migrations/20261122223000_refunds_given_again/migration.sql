-- Money that was given and came back is given again under the same refund, by another key at the provider.
ALTER TABLE "refund" ADD COLUMN     "giving" INTEGER NOT NULL DEFAULT 1;
