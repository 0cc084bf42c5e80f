"""Words of the database itself: folding, Vietnamese order, the household number, what the app role may do."""

from django.db import migrations

# The Vietnamese alphabet with its tones, in dictionary order. Each letter becomes one letter of a range whose byte
# order is this order, so that a plain "C" comparison sorts as a Vietnamese dictionary does.
ALPHABET = (
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz"
)
KEYS = "".join(chr(0x1000 + i) for i in range(len(ALPHABET)))

SQL = f"""
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'giamngheo_app') THEN
    RAISE EXCEPTION 'The role giamngheo_app does not exist: run "giamngheo setup", which makes it.';
  END IF;
END $$;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;
GRANT USAGE ON SCHEMA public TO giamngheo_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO giamngheo_app;

CREATE FUNCTION vn_fold(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(public.unaccent('public.unaccent'::regdictionary, normalize(t, NFC)));

CREATE FUNCTION vn_sortkey(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(lower(normalize(t, NFC)), '{ALPHABET}', '{KEYS}');

-- Lists of people go by the given name, the last word; then by the words before it.
CREATE FUNCTION vn_namekey(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN public.vn_sortkey(regexp_replace(t, '^(.*) (\\S+)$', '\\2 \\1'));

-- H, seven digits, and a check digit (Luhn) that catches one wrong digit and most swapped ones. Plain arithmetic, so that
-- the planner writes it into the statement: a register's worth of numbers costs nothing to speak of.
CREATE FUNCTION household_number(id bigint) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN 'H' || lpad(id::text, greatest(7, length(id::text)), '0') || ((10 - (
  2 * (id % 10) - 9 * ((id % 10) > 4)::integer
  + id / 10 % 10
  + 2 * (id / 100 % 10) - 9 * ((id / 100 % 10) > 4)::integer
  + id / 1000 % 10
  + 2 * (id / 10000 % 10) - 9 * ((id / 10000 % 10) > 4)::integer
  + id / 100000 % 10
  + 2 * (id / 1000000 % 10) - 9 * ((id / 1000000 % 10) > 4)::integer
  + id / 10000000 % 10
  + 2 * (id / 100000000 % 10) - 9 * ((id / 100000000 % 10) > 4)::integer
) % 10) % 10)::text;
"""

UNDO = """
DROP FUNCTION household_number(bigint); DROP FUNCTION vn_namekey(text);
DROP FUNCTION vn_sortkey(text); DROP FUNCTION vn_fold(text);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunSQL(SQL, UNDO)]
