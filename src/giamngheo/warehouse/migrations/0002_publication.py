"""Public figures: rows that nothing changes, added by the province, read by anyone through functions of the owner alone."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from giamngheo.access.policies import grant
from giamngheo.audit.triggers import audited

SQL = f"""
{grant("warehouse_publication", "SELECT", "INSERT")}
ALTER TABLE warehouse_publication ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON warehouse_publication FOR SELECT TO giamngheo_app
  USING ((SELECT access_role()) IN ('provincial_officer', 'leader', 'auditor'));
CREATE POLICY added ON warehouse_publication FOR INSERT TO giamngheo_app
  WITH CHECK (made_by_id = (SELECT app_user()) AND (SELECT access_role()) = 'provincial_officer');
{audited("warehouse_publication")}
CREATE FUNCTION warehouse_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what was published is never changed; a later row takes its place' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON warehouse_publication
  FOR EACH ROW EXECUTE FUNCTION warehouse_refuse_change();
CREATE TRIGGER frozen_whole BEFORE TRUNCATE ON warehouse_publication
  FOR EACH STATEMENT EXECUTE FUNCTION warehouse_refuse_change();

-- The last row of an annual round decides: published, or withdrawn.
CREATE FUNCTION warehouse_published(the_year integer)
RETURNS TABLE (content jsonb, made_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT last.content, last.made_at FROM (
    SELECT p.* FROM warehouse_publication p JOIN surveys_round r ON r.id = p.round_id
    WHERE r.year = the_year AND r.kind = 'annual' ORDER BY p.id DESC LIMIT 1
  ) last WHERE last.kind = 'published'
$$;
CREATE FUNCTION warehouse_published_years() RETURNS SETOF integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT last.year FROM (
    SELECT DISTINCT ON (r.year) r.year::integer AS year, p.kind FROM warehouse_publication p
    JOIN surveys_round r ON r.id = p.round_id WHERE r.kind = 'annual' ORDER BY r.year, p.id DESC
  ) last WHERE last.kind = 'published'
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('warehouse', '0001_making'),
        ('surveys', '0008_indexes_and_keys_that_are_used'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('published', 'Công bố'), ('withdrawn', 'Rút lại')], max_length=10)),
                ('content', models.JSONField(default=dict, help_text='the figures, see publication.figures; empty of a withdrawal')),
                ('snapshot', models.CharField(blank=True, help_text='it was worked out from', max_length=40)),
                ('reason', models.CharField(blank=True, help_text='of a withdrawal', max_length=400)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='surveys.round')),
            ],
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
