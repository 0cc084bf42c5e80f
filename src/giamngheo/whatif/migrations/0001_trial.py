"""Trials kept: each sees their own, provincial officers and auditors all; who sees no households sees figures elsewhere."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from giamngheo.access.policies import grant
from giamngheo.audit.triggers import audited

SQL = f"""
{grant("whatif_trial", "SELECT", "INSERT", "DELETE")}
ALTER TABLE whatif_trial ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON whatif_trial FOR SELECT TO giamngheo_app
  USING (made_by_id = (SELECT app_user())
         OR ((SELECT access_role()) IN ('provincial_officer', 'auditor') AND unit_id = ANY ((SELECT access_units())::bigint[])));
CREATE POLICY added ON whatif_trial FOR INSERT TO giamngheo_app
  WITH CHECK (made_by_id = (SELECT app_user()) AND unit_id = ANY ((SELECT access_units())::bigint[])
              AND (SELECT access_role()) NOT IN ('leader', 'administrator', 'auditor'));
CREATE POLICY dropped ON whatif_trial FOR DELETE TO giamngheo_app USING (made_by_id = (SELECT app_user()));
{audited("whatif_trial")}
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('access', '0003_audited'),
        ('areas', '0002_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Trial',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('year', models.SmallIntegerField()),
                ('change', models.JSONField(help_text='rules.whatif.Change')),
                ('answer', models.JSONField(help_text='whatif.answer.Answer as plain values')),
                ('snapshot', models.CharField(max_length=40)),
                ('law', models.CharField(help_text='content hash of the standard that was changed', max_length=64)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.unit')),
            ],
            options={'constraints': [models.UniqueConstraint(fields=('made_by', 'name'), name='trial_named_once')]},
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
