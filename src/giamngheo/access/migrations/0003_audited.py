"""Accounts and grants leave an audit event at every change."""

from django.db import migrations

from giamngheo.audit.triggers import audited


class Migration(migrations.Migration):
    dependencies = [("access", "0002_scope"), ("audit", "0002_append_only")]
    operations = [
        migrations.RunSQL(audited("access_user") + audited("access_grant"), migrations.RunSQL.noop),
    ]
