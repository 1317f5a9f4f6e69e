-- Money that was given and came back is given again under the same refund, and nothing else of it is done again.
ALTER TABLE "order_refund" ADD COLUMN     "giving" INTEGER NOT NULL DEFAULT 1;
