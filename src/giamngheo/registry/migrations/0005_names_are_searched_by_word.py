"""Persons are found by the words of their names, one typing error and an unfinished last word allowed, by area.

Vietnamese names are few syllables from a small stock, so the index is on whole words, and an error is looked for in
the stock of words and not among persons: trigrams of such short words match half the province. Text operators are
not leakproof, so under row-level security no index would serve them; the function is the owner's and applies
access_villages() itself. The stock of words is read by that function alone.
"""

from django.db import migrations

SQL = """
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;
DROP INDEX person_folded_trgm;
CREATE INDEX person_words ON registry_person USING gin (string_to_array(folded, ' '));

CREATE TABLE registry_nameword (word text PRIMARY KEY);
REVOKE ALL ON registry_nameword FROM giamngheo_app;
ALTER TABLE registry_nameword ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION registry_keep_words() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO registry_nameword
  SELECT DISTINCT w.word FROM new_rows, unnest(string_to_array(new_rows.folded, ' ')) AS w (word)
  WHERE NOT EXISTS (SELECT FROM registry_nameword k WHERE k.word = w.word)
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER words_of_new AFTER INSERT ON registry_person REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION registry_keep_words();
CREATE TRIGGER words_of_changed AFTER UPDATE ON registry_person REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION registry_keep_words();

-- One letter too many, too few or another, or two neighbours exchanged; in words of three letters or more.
CREATE FUNCTION registry_one_typo(a text, b text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN abs(length(a) - length(b)) <= 1 AND greatest(length(a), length(b)) >= 3 AND (
  levenshtein_less_equal(a, b, 1) = 1
  OR (length(a) = length(b) AND levenshtein_less_equal(a, b, 2) = 2
      AND ARRAY(SELECT unnest(string_to_array(a, NULL)) ORDER BY 1)
        = ARRAY(SELECT unnest(string_to_array(b, NULL)) ORDER BY 1))
);

-- Those of `seen` villages that, or whose commune or district, go by this folded name, part of it or one typo away.
CREATE FUNCTION registry_villages_named(place text, seen bigint[]) RETURNS bigint[]
LANGUAGE sql STABLE SET search_path = public, pg_temp
RETURN (
  WITH named AS MATERIALIZED (
    SELECT id FROM areas_unit
    WHERE level BETWEEN 2 AND 4
      AND (strpos(' ' || folded, ' ' || place) > 0
           OR (abs(length(folded) - length(place)) <= 1 AND length(place) > 3 AND registry_one_typo(folded, place)))
  )
  SELECT coalesce(array_agg(DISTINCT w.unit_id), '{}')
  FROM named JOIN areas_within w ON w.ancestor_id = named.id AND w.unit_level = 4
  WHERE (SELECT app_today()) BETWEEN w.valid_from AND coalesce(w.valid_to, 'infinity')
    AND w.unit_id IN (SELECT unnest(seen))
);

-- Persons of the acting person's villages by words of their name, the last of which may name the place instead:
-- 'giang a pao nam loong'. rank: 0 the very name, 1 all words in it, 2 the last word unfinished, 3 one typo. At most
-- `wanted` of each; typos are looked for only where little else was found.
CREATE FUNCTION registry_search_names(typed text, wanted integer)
RETURNS TABLE (person_id bigint, rank integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  words text[] := string_to_array(vn_fold(typed), ' ');
  n integer := least(cardinality(words), 8);
  seen bigint[] := access_villages();
  named text[];
  there bigint[];
  near text[];
  made integer;
  total integer := 0;
BEGIN
  IF n = 0 OR seen = '{}' THEN
    RETURN;
  END IF;
  FOR k IN REVERSE n..1 LOOP
    named := words[1:k];
    there := registry_there(words[k + 1:n], seen);
    CONTINUE WHEN there = '{}';
    RETURN QUERY
      SELECT p.id, CASE WHEN p.folded = array_to_string(named, ' ') THEN 0 ELSE 1 END FROM registry_person p
      WHERE string_to_array(p.folded, ' ') @> named AND p.village_id = ANY (there) LIMIT wanted;
    GET DIAGNOSTICS made = ROW_COUNT;
    total := total + made;
  END LOOP;
  IF total < wanted AND length(words[n]) > 1 THEN
    near := ARRAY(SELECT word FROM registry_nameword WHERE word ^@ words[n] AND word <> words[n] LIMIT 200);
    RETURN QUERY
      SELECT p.id, 2 FROM registry_person p
      WHERE string_to_array(p.folded, ' ') @> words[1:n - 1] AND string_to_array(p.folded, ' ') && near
        AND p.village_id = ANY (seen) LIMIT wanted;
    GET DIAGNOSTICS made = ROW_COUNT;
    total := total + made;
  END IF;
  IF total >= 3 THEN
    RETURN;
  END IF;
  FOR k IN REVERSE n..1 LOOP
    there := registry_there(words[k + 1:n], seen);
    CONTINUE WHEN there = '{}';
    FOR i IN 1..k LOOP
      near := ARRAY(SELECT word FROM registry_nameword WHERE registry_one_typo(word, words[i]));
      CONTINUE WHEN near = '{}';
      RETURN QUERY
        SELECT p.id, 3 FROM registry_person p
        WHERE string_to_array(p.folded, ' ') @> (words[1:i - 1] || words[i + 1:k])
          AND string_to_array(p.folded, ' ') && near AND p.village_id = ANY (there) LIMIT wanted;
    END LOOP;
  END LOOP;
END $$;

-- The villages meant by the words after the name: all that are seen where there are none; 'ban', 'xa' … left out.
CREATE FUNCTION registry_there(place text[], seen bigint[]) RETURNS bigint[]
LANGUAGE sql STABLE SET search_path = public, pg_temp
RETURN CASE WHEN cardinality(place) = 0 THEN seen
            ELSE registry_villages_named(
              regexp_replace(array_to_string(place, ' '), '^(ban|thon|xa|phuong|thi tran|huyen|khu) ', ''), seen) END;

INSERT INTO registry_nameword
SELECT DISTINCT unnest(string_to_array(folded, ' ')) FROM registry_person ON CONFLICT DO NOTHING;
REVOKE EXECUTE ON FUNCTION registry_keep_words() FROM PUBLIC;
"""

UNDO = """
DROP FUNCTION registry_search_names(text, integer);
DROP FUNCTION registry_there(text[], bigint[]);
DROP FUNCTION registry_villages_named(text, bigint[]);
DROP FUNCTION registry_one_typo(text, text);
DROP TRIGGER words_of_new ON registry_person;
DROP TRIGGER words_of_changed ON registry_person;
DROP FUNCTION registry_keep_words();
DROP TABLE registry_nameword;
DROP INDEX person_words;
CREATE INDEX person_folded_trgm ON registry_person USING gin (folded gin_trgm_ops);
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_hand_over")]
    operations = [migrations.RunSQL(SQL, UNDO)]
