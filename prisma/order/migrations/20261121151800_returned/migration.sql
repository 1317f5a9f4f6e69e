ALTER TABLE "order_shipment" DROP CONSTRAINT "order_shipment_status_check",
    ADD CONSTRAINT "order_shipment_status_check" CHECK ("status" IN ('created', 'in-transit', 'delivered', 'lost', 'returned', 'voided'));
