"""Reports in words: the job, the frozen report and the Word template; each sees those of their units, no report is ever changed."""
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from giamngheo.access.policies import grant
from giamngheo.audit.triggers import audited

UNITS = "unit_id = ANY ((SELECT access_units())::bigint[])"
WRITERS = "(SELECT access_role()) IN ('provincial_officer', 'leader', 'district_officer', 'commune_officer')"


def kept(table: str) -> str:
    """SQL by which rows of a table are never changed or removed."""
    return f"""
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION reports_refuse_change();
CREATE TRIGGER frozen_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION reports_refuse_change();
"""


SQL = f"""
{grant("reports_writing", "SELECT", "INSERT", "UPDATE")}
ALTER TABLE reports_writing ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON reports_writing FOR SELECT TO giamngheo_app USING ({UNITS});
CREATE POLICY added ON reports_writing FOR INSERT TO giamngheo_app
  WITH CHECK (asked_by_id = (SELECT app_user()) AND {WRITERS} AND {UNITS});
CREATE POLICY changed ON reports_writing FOR UPDATE TO giamngheo_app USING (asked_by_id = (SELECT app_user()));
{audited("reports_writing")}
{grant("reports_writtenreport", "SELECT", "INSERT")}
ALTER TABLE reports_writtenreport ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON reports_writtenreport FOR SELECT TO giamngheo_app USING ({UNITS});
CREATE POLICY added ON reports_writtenreport FOR INSERT TO giamngheo_app
  WITH CHECK (written_by_id = (SELECT app_user()) AND {WRITERS} AND {UNITS});
{kept("reports_writtenreport")}
{grant("reports_wordtemplate", "SELECT", "INSERT")}
ALTER TABLE reports_wordtemplate ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON reports_wordtemplate FOR SELECT TO giamngheo_app USING ((SELECT access_role()) <> 'administrator');
CREATE POLICY added ON reports_wordtemplate FOR INSERT TO giamngheo_app
  WITH CHECK (brought_by_id = (SELECT app_user()) AND (SELECT access_role()) = 'provincial_officer');
{kept("reports_wordtemplate")}
"""


class Migration(migrations.Migration):

    dependencies = [
        ('areas', '0003_audited'),
        ('reports', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='WordTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.BinaryField()),
                ('file_name', models.CharField(blank=True, max_length=200)),
                ('brought_at', models.DateTimeField(auto_now_add=True)),
                ('brought_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Writing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('monthly', 'Báo cáo tháng'), ('quarterly', 'Báo cáo quý'), ('annual', 'Báo cáo năm'), ('interim', 'Báo cáo sơ kết'), ('final', 'Báo cáo tổng kết')], max_length=9)),
                ('period', models.CharField(max_length=17)),
                ('state', models.CharField(choices=[('waiting', 'Chờ làm'), ('working', 'Đang làm'), ('done', 'Đã xong'), ('failed', 'Dừng giữa chừng')], default='waiting', max_length=8)),
                ('failure', models.TextField(blank=True)),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.unit')),
            ],
        ),
        migrations.CreateModel(
            name='WrittenReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('monthly', 'Báo cáo tháng'), ('quarterly', 'Báo cáo quý'), ('annual', 'Báo cáo năm'), ('interim', 'Báo cáo sơ kết'), ('final', 'Báo cáo tổng kết')], max_length=9)),
                ('period', models.CharField(max_length=17)),
                ('content', models.BinaryField()),
                ('fingerprint', models.CharField(help_text='SHA-256 of the canonical text', max_length=64)),
                ('written_at', models.DateTimeField()),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.unit')),
                ('writing', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='report', to='reports.writing')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['unit', 'kind', 'period'], name='written_place')],
            },
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
