ALTER TABLE "shipment" DROP CONSTRAINT "shipment_status_check",
    ADD CONSTRAINT "shipment_status_check" CHECK ("status" IN ('planned', 'created', 'in-transit', 'delivered', 'lost', 'returned', 'voided'));
