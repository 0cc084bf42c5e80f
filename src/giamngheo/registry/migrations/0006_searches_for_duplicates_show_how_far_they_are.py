"""A search for duplicates is its asker's, shows its progress, and keeps its result; pairs are listed likeliest first."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from giamngheo.access.policies import grant

SQL = f"""
{grant("registry_duplicatesearch", "SELECT", "INSERT", "UPDATE")}
ALTER TABLE registry_duplicatesearch ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON registry_duplicatesearch FOR SELECT TO giamngheo_app
  USING (asked_by_id = (SELECT app_user()) OR (SELECT access_role()) = 'auditor');
CREATE POLICY added ON registry_duplicatesearch FOR INSERT TO giamngheo_app
  WITH CHECK (asked_by_id = (SELECT app_user()) AND (SELECT access_may_write()));
CREATE POLICY changed ON registry_duplicatesearch FOR UPDATE TO giamngheo_app
  USING (asked_by_id = (SELECT app_user()) AND (SELECT access_may_write()));
"""


class Migration(migrations.Migration):

    dependencies = [
        ('areas', '0002_tables'),
        ('registry', '0005_names_are_searched_by_word'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DuplicateSearch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'Đang chờ'), ('running', 'Đang tìm'), ('done', 'Đã xong'), ('cancelled', 'Đã dừng'), ('failed', 'Dừng vì lỗi')], default='waiting', max_length=10)),
                ('progress', models.SmallIntegerField(default=0, help_text='per cent')),
                ('persons', models.IntegerField(default=0)),
                ('pairs', models.IntegerField(default=0, help_text='found, those known before included')),
                ('added', models.IntegerField(default=0, help_text='found for the first time')),
                ('failure', models.TextField(blank=True)),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.AddIndex(
            model_name='duplicatepair',
            index=models.Index(fields=['state', '-likeness', 'id'], name='pair_by_likeness'),
        ),
        migrations.AddField(
            model_name='duplicatesearch',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
