-- A slip in a word of three letters makes another word ("rug", "mug"), and with three slips nearly anything fits: words of up to three
-- letters have to be right, up to five may have one slip, longer ones two. That is how Elasticsearch's AUTO fuzziness counts, but for three.
CREATE OR REPLACE FUNCTION product_term(term text) RETURNS tsquery LANGUAGE plpgsql STABLE AS $$
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
    ) measured WHERE slips <= CASE WHEN length(term) <= 3 THEN 0 WHEN length(term) <= 5 THEN 1 ELSE 2 END
  ) likely WHERE slips = fewest;
  RETURN CASE WHEN meant IS NULL THEN exact ELSE to_tsquery('english', meant) END;
END
$$;
