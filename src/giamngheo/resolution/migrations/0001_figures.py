"""Reported figures, each seen by those who see the unit; their content never changes, only who confirmed or replaced them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from giamngheo.access.policies import grant
from giamngheo.audit.triggers import audited

WRITERS = "(SELECT access_role()) IN ('commune_officer', 'district_officer', 'provincial_officer')"
OWN = "unit_id = ANY ((SELECT access_units())::bigint[])"
PROVINCE = "(SELECT access_role()) = 'provincial_officer'"
SQL = f"""
{grant("resolution_reportedfigure", "SELECT", "INSERT", "UPDATE")}
ALTER TABLE resolution_reportedfigure ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON resolution_reportedfigure FOR SELECT TO giamngheo_app USING ({OWN});
CREATE POLICY added ON resolution_reportedfigure FOR INSERT TO giamngheo_app
  WITH CHECK ({OWN} AND entered_by_id = (SELECT app_user()) AND {WRITERS});
CREATE POLICY changed ON resolution_reportedfigure FOR UPDATE TO giamngheo_app USING ({OWN} AND {WRITERS});
CREATE FUNCTION resolution_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW) - ARRAY['confirmed_at', 'confirmed_by_id', 'retired_at']
     IS DISTINCT FROM to_jsonb(OLD) - ARRAY['confirmed_at', 'confirmed_by_id', 'retired_at']
     OR OLD.confirmed_at IS NOT NULL AND NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at
     OR OLD.retired_at IS NOT NULL THEN
    RAISE EXCEPTION 'a reported figure is never changed; a new row takes its place' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at AND NEW.confirmed_by_id <> nullif(current_setting('app.user', true), '')::integer THEN
    RAISE EXCEPTION 'nobody confirms in the name of another' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER kept BEFORE UPDATE ON resolution_reportedfigure FOR EACH ROW EXECUTE FUNCTION resolution_refuse_change();
{audited("resolution_reportedfigure")}
""" + "".join(
    f"""
{grant(table, "SELECT", "INSERT", "UPDATE")}
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON {table} FOR SELECT TO giamngheo_app USING ((SELECT access_role()) <> 'administrator');
CREATE POLICY added ON {table} FOR INSERT TO giamngheo_app WITH CHECK ({PROVINCE} AND {by} = (SELECT app_user()));
CREATE POLICY changed ON {table} FOR UPDATE TO giamngheo_app USING ({PROVINCE});
{audited(table)}
"""
    for table, by in (("resolution_bodyassignment", "decided_by_id"), ("resolution_periodclosing", "closed_by_id"))
)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("areas", "0003_audited"),
        ("access", "0003_audited"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BodyAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('indicator', models.CharField(max_length=60)),
                ('body', models.CharField(max_length=60)),
                ('decided_at', models.DateTimeField()),
                ('note', models.TextField(blank=True)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('retired_at__isnull', True)), fields=('indicator',), name='one_body_an_indicator')],
            },
        ),
        migrations.CreateModel(
            name='PeriodClosing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', models.CharField(max_length=7)),
                ('closed_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.TextField(blank=True, help_text='why it was opened again')),
                ('closed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('opened_at__isnull', True)), fields=('period',), name='one_closing_in_force')],
            },
        ),
        migrations.CreateModel(
            name='ReportedFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('indicator', models.CharField(help_text='slug, as in law/indicators', max_length=60)),
                ('period', models.CharField(help_text='2019, 2019-Q3 or 2019-11', max_length=7)),
                ('numerator', models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True)),
                ('denominator', models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True)),
                ('value', models.DecimalField(decimal_places=4, max_digits=18)),
                ('body', models.CharField(help_text='id of the body that reports it', max_length=60)),
                ('evidence', models.CharField(blank=True, max_length=64)),
                ('evidence_name', models.CharField(blank=True, max_length=200)),
                ('note', models.TextField(blank=True)),
                ('entered_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.TextField(blank=True, help_text='why this row takes the place of an earlier one')),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('replaces', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='resolution.reportedfigure')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.unit')),
            ],
            options={
                'indexes': [models.Index(fields=['unit', 'indicator'], name='figure_place')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('retired_at__isnull', True)), fields=('indicator', 'unit', 'period'), name='one_figure_in_force'), models.CheckConstraint(condition=models.Q(('confirmed_by__isnull', True), models.Q(('confirmed_by', models.F('entered_by')), _negated=True), _connector='OR'), name='confirmed_by_a_second_person'), models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at__isnull', True), ('confirmed_by__isnull', True)), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False)), _connector='OR'), name='confirmed_by_and_at')],
            },
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
