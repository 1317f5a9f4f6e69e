-- AlterTable
ALTER TABLE "stock" ADD COLUMN     "location_id" UUID NOT NULL DEFAULT '01900000-0000-7000-8000-000000000001',
ADD COLUMN     "seated" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "reservation_line" DROP CONSTRAINT "reservation_line_pkey",
ADD COLUMN     "location_id" UUID NOT NULL DEFAULT '01900000-0000-7000-8000-000000000001',
ADD COLUMN     "seats" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD CONSTRAINT "reservation_line_pkey" PRIMARY KEY ("order_id", "line_id", "location_id");

-- AlterTable
ALTER TABLE "movement" DROP CONSTRAINT "movement_pkey",
ADD COLUMN     "location_id" UUID NOT NULL DEFAULT '01900000-0000-7000-8000-000000000001',
ADD CONSTRAINT "movement_pkey" PRIMARY KEY ("variant_id", "cause_id", "kind", "location_id");

-- CreateTable
CREATE TABLE "location" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "location_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stock_elsewhere" (
    "variant_id" UUID NOT NULL,
    "on_hand" INTEGER NOT NULL,
    "reserved" INTEGER NOT NULL DEFAULT 0,
    "location_id" UUID NOT NULL,
    "seated" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "stock_elsewhere_pkey" PRIMARY KEY ("variant_id","location_id")
);

-- CreateTable
CREATE TABLE "seat" (
    "variant_id" UUID NOT NULL,
    "label" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "order_id" UUID,

    CONSTRAINT "seat_pkey" PRIMARY KEY ("variant_id","label")
);

-- CreateIndex
CREATE UNIQUE INDEX "location_name_key" ON "location"("name");

-- AddForeignKey
ALTER TABLE "stock_elsewhere" ADD CONSTRAINT "stock_elsewhere_location_id_fkey" FOREIGN KEY ("location_id") REFERENCES "location"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- The default location, which the columns' defaults name.
INSERT INTO "location" ("id", "name") VALUES ('01900000-0000-7000-8000-000000000001', 'Main warehouse');

-- What Prisma cannot say. Stock elsewhere is stock: whoever asks "stock" is told of both, and a hot product, which is sold from the default
-- location, keeps its one row under its one key. What a version before this one does to "stock" goes on to work, as long as nothing lies elsewhere.
ALTER TABLE "stock_elsewhere"
  ADD CONSTRAINT "stock_on_hand_in_range" CHECK ("on_hand" BETWEEN 0 AND 1000000000),
  ADD CONSTRAINT "stock_reserved_is_on_hand" CHECK ("reserved" BETWEEN 0 AND "on_hand"),
  ADD CONSTRAINT "stock_elsewhere_is_elsewhere" CHECK ("location_id" <> '01900000-0000-7000-8000-000000000001'),
  ADD CONSTRAINT "stock_elsewhere_has_no_seats" CHECK (NOT "seated");
ALTER TABLE "stock_elsewhere" INHERIT "stock";
ALTER TABLE "stock" ADD CONSTRAINT "stock_is_at_the_default_location" CHECK ("location_id" = '01900000-0000-7000-8000-000000000001') NO INHERIT;

ALTER TABLE "seat" ADD CONSTRAINT "seat_label_is_short" CHECK (length("label") BETWEEN 1 AND 20);
CREATE INDEX "seat_of_order" ON "seat" ("order_id") WHERE "order_id" IS NOT NULL;

ALTER TABLE "reservation_line" ADD CONSTRAINT "reservation_line_names_every_seat" CHECK (cardinality("seats") IN (0, "quantity"));

ALTER TABLE "stock_elsewhere" SET (fillfactor = 70);
