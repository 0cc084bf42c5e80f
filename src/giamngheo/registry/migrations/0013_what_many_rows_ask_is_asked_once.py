"""What a statement of many rows asks of keys, periods, words and the record gives what it gave, at half the cost.

Equal keys are looked up once, as are equal names; keys without a gap are one range without adding them up; the given name is
cut off without a regular expression, by one expression of PL/pgSQL instead of an executor for every row.
"""

from django.db import migrations

from giamngheo.access.keys import FUNCTIONS
from giamngheo.audit.triggers import FUNCTION as RECORD
from giamngheo.registry.periods import FUNCTION as PERIODS

SQL = f"""
{FUNCTIONS}
{PERIODS}
{RECORD}

CREATE OR REPLACE FUNCTION registry_keep_words() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO registry_nameword
  SELECT DISTINCT w.word FROM (
    SELECT unnest(string_to_array(names.folded, ' ')) AS word FROM (SELECT DISTINCT folded FROM new_rows) AS names
  ) AS w
  WHERE NOT EXISTS (SELECT FROM registry_nameword k WHERE k.word = w.word)
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION vn_namekey(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  given text := split_part(t, ' ', -1);
BEGIN
  RETURN public.vn_sortkey(CASE WHEN given IN ('', t) OR given ~ '\\s' THEN t
                           ELSE given || ' ' || left(t, -length(given) - 1) END);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0012_few_persons_are_another"),
        ("audit", "0004_many_rows_leave_one_event"),
        ("areas", "0004_functions_that_cost_less"),
    ]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
