-- CreateTable
CREATE TABLE "stock" (
    "variant_id" UUID NOT NULL,
    "on_hand" INTEGER NOT NULL,
    "reserved" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "stock_pkey" PRIMARY KEY ("variant_id")
);

-- CreateTable
CREATE TABLE "reservation" (
    "order_id" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "reservation_pkey" PRIMARY KEY ("order_id")
);

-- CreateTable
CREATE TABLE "reservation_line" (
    "order_id" UUID NOT NULL,
    "line_id" UUID NOT NULL,
    "variant_id" UUID NOT NULL,
    "quantity" INTEGER NOT NULL,
    "returned" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "reservation_line_pkey" PRIMARY KEY ("order_id","line_id")
);

-- CreateTable
CREATE TABLE "movement" (
    "variant_id" UUID NOT NULL,
    "cause_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "order_id" UUID,
    "reason" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "movement_pkey" PRIMARY KEY ("variant_id","cause_id","kind")
);

-- AddForeignKey
ALTER TABLE "reservation_line" ADD CONSTRAINT "reservation_line_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "reservation"("order_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma cannot say.
ALTER TABLE "stock"
  ADD CONSTRAINT "stock_on_hand_in_range" CHECK ("on_hand" BETWEEN 0 AND 1000000000),
  ADD CONSTRAINT "stock_reserved_is_on_hand" CHECK ("reserved" BETWEEN 0 AND "on_hand");

ALTER TABLE "reservation"
  ADD CONSTRAINT "reservation_status_known" CHECK ("status" IN ('reserved', 'taken', 'released', 'expired'));

ALTER TABLE "reservation_line"
  ADD CONSTRAINT "reservation_line_quantity_positive" CHECK ("quantity" > 0),
  ADD CONSTRAINT "reservation_line_returned_was_taken" CHECK ("returned" BETWEEN 0 AND "quantity");

ALTER TABLE "movement"
  ADD CONSTRAINT "movement_kind_fits_quantity" CHECK (
    CASE "kind" WHEN 'introduced' THEN "quantity" >= 0 WHEN 'adjusted' THEN "quantity" <> 0 WHEN 'taken' THEN "quantity" < 0 WHEN 'returned' THEN "quantity" > 0 ELSE false END
  ),
  ADD CONSTRAINT "movement_of_an_order" CHECK (("kind" IN ('taken', 'returned')) = ("order_id" IS NOT NULL)),
  ADD CONSTRAINT "movement_adjusted_has_reason" CHECK (("kind" = 'adjusted') = ("reason" IS NOT NULL));

-- The sweeper's next wake-up, and what it expires.
CREATE INDEX "reservation_due" ON "reservation" ("expires_at") WHERE "status" = 'reserved';
-- The auditor reads sold units order by order.
CREATE INDEX "movement_of_order" ON "movement" ("order_id") WHERE "order_id" IS NOT NULL;

-- Rows that change in place: room on the page keeps the indexes untouched.
ALTER TABLE "stock" SET (fillfactor = 70);
ALTER TABLE "reservation_line" SET (fillfactor = 90);
