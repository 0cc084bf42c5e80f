"""Files people asked for: each sees their own; what was taken away stands in the record besides."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from giamngheo.access.policies import grant

SQL = f"""
{grant("surveys_export", "SELECT", "INSERT", "UPDATE")}
ALTER TABLE surveys_export ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON surveys_export FOR SELECT TO giamngheo_app
  USING (created_by_id = (SELECT app_user()) OR (SELECT access_role()) = 'auditor');
CREATE POLICY added ON surveys_export FOR INSERT TO giamngheo_app WITH CHECK (created_by_id = (SELECT app_user()));
CREATE POLICY changed ON surveys_export FOR UPDATE TO giamngheo_app USING (created_by_id = (SELECT app_user()));
"""


class Migration(migrations.Migration):
    dependencies = [
        ("areas", "0002_tables"),
        ("surveys", "0004_waiting"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("households", "Danh sách hộ kèm thành viên"), ("figures", "Bảng số liệu")], max_length=10)),
                ("format", models.CharField(choices=[("xlsx", "Bảng tính (XLSX)"), ("csv", "CSV"), ("parquet", "Parquet")], max_length=7)),
                ("poor_only", models.BooleanField(default=False, help_text="poor and near-poor households alone")),
                ("state", models.CharField(choices=[("waiting", "Chờ làm"), ("working", "Đang làm"), ("done", "Đã xong"), ("failed", "Dừng giữa chừng"), ("cancelled", "Đã huỷ")], default="waiting", max_length=10)),
                ("done", models.IntegerField(default=0, help_text="households written so far")),
                ("total", models.IntegerField(default=0)),
                ("stored_as", models.CharField(blank=True, max_length=80)),
                ("failure", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("created_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="exports", to=settings.AUTH_USER_MODEL)),
                ("round", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="exports", to="surveys.round")),
                ("unit", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="areas.unit")),
            ],
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
