-- DropIndex
DROP INDEX "cart_owner_id_created_at_idx";

-- AlterTable
ALTER TABLE "cart" DROP COLUMN "owner_id",
ADD COLUMN     "owner" UUID NOT NULL,
ALTER COLUMN "shipping_address" SET DATA TYPE JSONB;

-- AlterTable
ALTER TABLE "cart_line" ALTER COLUMN "position" DROP DEFAULT,
ALTER COLUMN "position" SET DATA TYPE INTEGER;
DROP SEQUENCE "";
