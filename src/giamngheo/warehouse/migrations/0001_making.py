"""Work asked of the warehouse: each sees their own, an auditor everyone's; snapshots are everyone's who sees figures."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from giamngheo.access.policies import grant
from giamngheo.audit.triggers import audited

SQL = f"""
{grant("warehouse_making", "SELECT", "INSERT", "UPDATE")}
ALTER TABLE warehouse_making ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON warehouse_making FOR SELECT TO giamngheo_app
  USING (asked_by_id = (SELECT app_user()) OR (SELECT access_role()) = 'auditor'
         OR (kind = 'snapshot' AND (SELECT access_role()) <> 'administrator'));
CREATE POLICY added ON warehouse_making FOR INSERT TO giamngheo_app
  WITH CHECK (asked_by_id = (SELECT app_user())
              AND ((SELECT access_role()) = 'provincial_officer'
                   OR (kind = 'tables' AND (SELECT access_role()) NOT IN ('leader', 'administrator'))));
CREATE POLICY changed ON warehouse_making FOR UPDATE TO giamngheo_app USING (asked_by_id = (SELECT app_user()));
{audited("warehouse_making")}
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('access', '0003_audited'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Making',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('snapshot', 'Lập kho số liệu'), ('tables', 'Tải các bảng của kho'), ('research', 'Tệp nghiên cứu đã ẩn danh')], max_length=10)),
                ('state', models.CharField(choices=[('waiting', 'Chờ làm'), ('working', 'Đang làm'), ('done', 'Đã xong'), ('failed', 'Dừng giữa chừng')], default='waiting', max_length=8)),
                ('asked', models.JSONField(default=dict, help_text='tables and format, or year, k and share left out')),
                ('snapshot', models.CharField(blank=True, help_text='made, or read from', max_length=40)),
                ('stored_as', models.CharField(blank=True, max_length=80)),
                ('result', models.JSONField(default=dict, help_text='rows of each table, or what anonymity cost')),
                ('failure', models.TextField(blank=True)),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
