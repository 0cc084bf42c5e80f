"""Households are seen and changed only by those whose area holds them; every change is recorded."""

from django.db import migrations

from giamngheo.access.policies import grant, scoped
from giamngheo.audit.triggers import audited

SQL = f"""
-- Households that came from elsewhere into the acting person's villages: their past comes along.
CREATE FUNCTION access_arrivals() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp
RETURN (
  SELECT coalesce(array_agg(id), '{{}}') FROM registry_household
  WHERE moved AND village_id = ANY ((SELECT access_villages())::bigint[])
);

{scoped("registry_household")}
{scoped("registry_person")}
{scoped("registry_lifeevent", household="household_id")}
{scoped("registry_residence", household="household_id")}
{scoped("registry_membership", household="household_id")}
{scoped("registry_personpast")}
{audited("registry_household")}
{audited("registry_person")}
{audited("registry_lifeevent")}
{audited("registry_residence")}
{audited("registry_membership")}
{audited("registry_personpast")}

-- A pair of likely duplicates is shown to those who may see both persons.
{grant("registry_duplicatepair", "SELECT", "INSERT", "UPDATE")}
ALTER TABLE registry_duplicatepair ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON registry_duplicatepair FOR SELECT TO giamngheo_app
  USING (one_village_id = ANY ((SELECT access_villages())::bigint[])
         AND two_village_id = ANY ((SELECT access_villages())::bigint[]));
CREATE POLICY added ON registry_duplicatepair FOR INSERT TO giamngheo_app
  WITH CHECK (one_village_id = ANY ((SELECT access_villages())::bigint[])
              AND two_village_id = ANY ((SELECT access_villages())::bigint[]) AND (SELECT access_may_write()));
CREATE POLICY changed ON registry_duplicatepair FOR UPDATE TO giamngheo_app
  USING (one_village_id = ANY ((SELECT access_villages())::bigint[])
         AND two_village_id = ANY ((SELECT access_villages())::bigint[]) AND (SELECT access_may_write()));
{audited("registry_duplicatepair")}

CREATE INDEX person_folded_trgm ON registry_person USING gin (folded gin_trgm_ops);
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_tables"), ("access", "0003_audited")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
