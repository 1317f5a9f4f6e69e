-- Since when the bank has a refund in hand: it has taken it, and has not given the money yet.
ALTER TABLE "refund" ADD COLUMN     "in_hand_at" TIMESTAMPTZ(3);
