"""The official reports as issued: each sees those of their units; no row is ever changed or removed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from giamngheo.access.policies import grant
from giamngheo.audit.triggers import audited

SQL = f"""
{grant("reports_production", "SELECT", "INSERT", "UPDATE")}
ALTER TABLE reports_production ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON reports_production FOR SELECT TO giamngheo_app USING ((SELECT access_role()) <> 'administrator');
CREATE POLICY added ON reports_production FOR INSERT TO giamngheo_app
  WITH CHECK (asked_by_id = (SELECT app_user()) AND (SELECT access_role()) = 'provincial_officer');
CREATE POLICY changed ON reports_production FOR UPDATE TO giamngheo_app USING (asked_by_id = (SELECT app_user()));
{audited("reports_production")}
{grant("reports_issuedreport", "SELECT", "INSERT")}
ALTER TABLE reports_issuedreport ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON reports_issuedreport FOR SELECT TO giamngheo_app USING (unit_id = ANY ((SELECT access_units())::bigint[]));
CREATE POLICY added ON reports_issuedreport FOR INSERT TO giamngheo_app
  WITH CHECK (issued_by_id = (SELECT app_user()) AND (SELECT access_role()) = 'provincial_officer'
              AND unit_id = ANY ((SELECT access_units())::bigint[]));
CREATE FUNCTION reports_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a report is never changed; a later issue takes its place' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON reports_issuedreport FOR EACH ROW EXECUTE FUNCTION reports_refuse_change();
CREATE TRIGGER frozen_whole BEFORE TRUNCATE ON reports_issuedreport FOR EACH STATEMENT EXECUTE FUNCTION reports_refuse_change();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('areas', '0003_audited'),
        ('access', '0003_audited'),
        ('reviews', '0003_hashes_side_by_side'),
        ('surveys', '0008_indexes_and_keys_that_are_used'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Production',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('deadline', models.CharField(choices=[('regular', 'Báo cáo thường xuyên trong năm'), ('preliminary', 'Báo cáo sơ bộ'), ('official', 'Báo cáo chính thức')], max_length=12)),
                ('as_of', models.DateField(help_text='the day whose state the reports show, and of their units')),
                ('state', models.CharField(choices=[('waiting', 'Chờ làm'), ('working', 'Đang làm'), ('done', 'Đã xong'), ('failed', 'Dừng giữa chừng')], default='waiting', max_length=8)),
                ('total', models.IntegerField(default=0, help_text='reports made')),
                ('added', models.IntegerField(default=0, help_text='of these, reports that differ from the last issue')),
                ('blocked', models.IntegerField(default=0, help_text='of all, reports that may not go out')),
                ('failure', models.TextField(blank=True)),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='productions', to='surveys.round')),
            ],
        ),
        migrations.CreateModel(
            name='IssuedReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('deadline', models.CharField(choices=[('regular', 'Báo cáo thường xuyên trong năm'), ('preliminary', 'Báo cáo sơ bộ'), ('official', 'Báo cáo chính thức')], max_length=12)),
                ('as_of', models.DateField()),
                ('kind', models.CharField(help_text='slug of the form', max_length=40)),
                ('place', models.SmallIntegerField(help_text='of the form in its set')),
                ('content', models.BinaryField()),
                ('fingerprint', models.CharField(help_text='SHA-256 of the canonical text', max_length=64)),
                ('blocked', models.BooleanField()),
                ('findings', models.SmallIntegerField(help_text="control totals that don't hold, warnings included")),
                ('law', models.CharField(help_text='content hash of the standard', max_length=64)),
                ('procedure', models.CharField(help_text='content hash of the procedure', max_length=64)),
                ('issued_at', models.DateTimeField()),
                ('issued_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='surveys.round')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.unit')),
                ('production', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='reports.production')),
            ],
            options={
                'indexes': [models.Index(fields=['round', 'unit', 'kind'], name='issued_place'), models.Index(fields=['production'], name='issued_production')],
            },
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
