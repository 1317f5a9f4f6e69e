-- Money that was given back and came back to the bank. A replica of the release before writes no such refund, and counts one as set aside.
ALTER TABLE "refund" DROP CONSTRAINT "refund_status_check";
ALTER TABLE "refund" ADD CONSTRAINT "refund_status_check" CHECK ("status" IN ('pending', 'succeeded', 'failed'));
