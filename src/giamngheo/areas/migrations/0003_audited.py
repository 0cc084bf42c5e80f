"""Units, what became of them and the lists law names leave an audit event at every change."""

from django.db import migrations

from giamngheo.audit.triggers import audited

TABLES = ("areas_unit", "areas_succession", "areas_arealist", "areas_arealistentry")


class Migration(migrations.Migration):
    dependencies = [("areas", "0002_tables"), ("audit", "0002_append_only")]
    operations = [migrations.RunSQL("".join(audited(table) for table in TABLES), migrations.RunSQL.noop)]
