"""Rows before and after a large change are matched by key, whatever plan the session kept."""

from django.db import migrations

from giamngheo.audit.triggers import FUNCTION


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_many_rows_leave_one_event")]
    operations = [migrations.RunSQL(FUNCTION, migrations.RunSQL.noop)]
