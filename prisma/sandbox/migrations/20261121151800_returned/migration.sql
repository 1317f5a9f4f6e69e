ALTER TABLE "carrier_label" DROP CONSTRAINT "carrier_label_status_check",
    ADD CONSTRAINT "carrier_label_status_check" CHECK ("status" IN ('created', 'in-transit', 'delivered', 'lost', 'returned', 'voided'));
