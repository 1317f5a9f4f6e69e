-- CreateTable
CREATE TABLE "category" (
    "id" TEXT NOT NULL,
    "title" TEXT NOT NULL,

    CONSTRAINT "category_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "product" (
    "id" UUID NOT NULL,
    "sequence" BIGSERIAL NOT NULL,
    "slug" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "category_id" TEXT NOT NULL,
    "image_url" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "search" tsvector NOT NULL,

    CONSTRAINT "product_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "variant" (
    "id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "sku" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "weight_grams" INTEGER NOT NULL,

    CONSTRAINT "variant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "price" (
    "variant_id" UUID NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "minor" BIGINT NOT NULL,

    CONSTRAINT "price_pkey" PRIMARY KEY ("variant_id","currency")
);

-- CreateTable
CREATE TABLE "lowest_price" (
    "product_id" UUID NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "minor" BIGINT NOT NULL,

    CONSTRAINT "lowest_price_pkey" PRIMARY KEY ("product_id","currency")
);

-- CreateTable
CREATE TABLE "word" (
    "word" TEXT NOT NULL,

    CONSTRAINT "word_pkey" PRIMARY KEY ("word")
);

-- CreateTable
CREATE TABLE "seed_run" (
    "name" TEXT NOT NULL,
    "finished_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "seed_run_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE UNIQUE INDEX "product_sequence_key" ON "product"("sequence");

-- CreateIndex
CREATE UNIQUE INDEX "product_slug_key" ON "product"("slug");

-- CreateIndex
CREATE INDEX "product_category_id_sequence_idx" ON "product"("category_id", "sequence");

-- CreateIndex
CREATE INDEX "product_search_idx" ON "product" USING GIN ("search");

-- CreateIndex
CREATE UNIQUE INDEX "variant_sku_key" ON "variant"("sku");

-- CreateIndex
CREATE UNIQUE INDEX "variant_product_id_position_key" ON "variant"("product_id", "position");

-- CreateIndex
CREATE INDEX "lowest_price_currency_minor_product_id_idx" ON "lowest_price"("currency", "minor", "product_id");

-- AddForeignKey
ALTER TABLE "product" ADD CONSTRAINT "product_category_id_fkey" FOREIGN KEY ("category_id") REFERENCES "category"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "variant" ADD CONSTRAINT "variant_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "product"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "price" ADD CONSTRAINT "price_variant_id_fkey" FOREIGN KEY ("variant_id") REFERENCES "variant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lowest_price" ADD CONSTRAINT "lowest_price_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "product"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma cannot say.
ALTER TABLE "product" ADD CONSTRAINT "product_version_positive" CHECK ("version" > 0);
ALTER TABLE "variant" ADD CONSTRAINT "variant_weight_not_negative" CHECK ("weight_grams" >= 0);
-- Minor units: a line of 999 units stays below what a JSON number holds exactly (2^53).
ALTER TABLE "price" ADD CONSTRAINT "price_in_range" CHECK ("minor" BETWEEN 1 AND 1000000000000);
ALTER TABLE "lowest_price" ADD CONSTRAINT "lowest_price_in_range" CHECK ("minor" BETWEEN 1 AND 1000000000000);

-- Pages by title: alike on every server, whatever its locale.
CREATE INDEX "product_title_order" ON "product" ((lower("title") COLLATE "C"), "id");

-- Search. All three extensions come with PostgreSQL and may be created by the owner of the database.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE INDEX "word_nearest" ON "word" USING gist ("word" gist_trgm_ops);

-- Text as the search compares it: lower case, without accents, words and nothing else.
CREATE FUNCTION folded(value text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT trim(regexp_replace(lower(unaccent(value)), '[^[:alnum:]]+', ' ', 'g'))
$$;

-- What a product is found by; the title counts most, its variants, SKUs and category more than the description.
CREATE FUNCTION product_search(title text, particulars text, description text) RETURNS tsvector LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT setweight(to_tsvector('english', folded(title)), 'A')
    || setweight(to_tsvector('english', folded(particulars)), 'B')
    || setweight(to_tsvector('english', folded(description)), 'C')
$$;

-- What a query's word stands for: the word itself if any product has it, else words it begins, else the nearest words there are, with one
-- slip of the finger in up to four letters, two in up to eight, three in more. NULL for words that say nothing ("the").
CREATE FUNCTION product_term(term text) RETURNS tsquery LANGUAGE plpgsql STABLE AS $$
DECLARE
  exact  tsquery;
  begun  tsquery;
  meant  text;
BEGIN
  IF to_tsvector('english', term) = ''::tsvector THEN RETURN NULL; END IF;
  exact := plainto_tsquery('english', term);
  IF EXISTS (SELECT FROM product WHERE search @@ exact) THEN RETURN exact; END IF;
  begun := to_tsquery('english', term || ':*');
  IF length(term) >= 3 AND EXISTS (SELECT FROM product WHERE search @@ begun) THEN RETURN begun; END IF;
  SELECT string_agg(word, ' | ') INTO meant FROM (
    SELECT word, slips, min(slips) OVER () AS fewest FROM (
      SELECT word, levenshtein(word, term) AS slips FROM (SELECT w.word FROM word w ORDER BY w.word <-> term LIMIT 40) near
    ) measured WHERE slips <= CASE WHEN length(term) < 3 THEN 0 WHEN length(term) <= 4 THEN 1 WHEN length(term) <= 8 THEN 2 ELSE 3 END
  ) likely WHERE slips = fewest;
  RETURN CASE WHEN meant IS NULL THEN exact ELSE to_tsquery('english', meant) END;
END
$$;

-- What a query stands for: products with all of its words, or, where there are none, with any. NULL when it says nothing.
CREATE FUNCTION product_query(asked text) RETURNS tsquery LANGUAGE plpgsql STABLE AS $$
DECLARE
  term      text;
  stands    tsquery;
  all_words tsquery;
  any_word  tsquery;
BEGIN
  FOR term IN SELECT DISTINCT left(w, 60) FROM (SELECT w FROM string_to_table(folded(asked), ' ') w LIMIT 10) words WHERE w <> '' LOOP
    stands := product_term(term);
    CONTINUE WHEN stands IS NULL;
    all_words := coalesce(all_words && stands, stands);
    any_word := coalesce(any_word || stands, stands);
  END LOOP;
  IF EXISTS (SELECT FROM product WHERE search @@ all_words) THEN RETURN all_words; END IF;
  RETURN any_word;
END
$$;
