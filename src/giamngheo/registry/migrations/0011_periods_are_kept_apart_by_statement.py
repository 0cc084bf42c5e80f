"""Nobody lives in two households at once: held by a unique index and one look a statement instead of a GiST index."""

from django.db import migrations, models

from giamngheo.registry.periods import FUNCTION, apart

SQL = f"""
{FUNCTION}
{apart("registry_residence", whose="registry_household", column="household_id", name="one_residence_at_a_time")}
{apart("registry_membership", whose="registry_person", column="person_id", name="one_household_at_a_time")}
"""


class Migration(migrations.Migration):

    dependencies = [
        ('areas', '0003_audited'),
        ('registry', '0010_keys_are_looked_up_by_statement'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='membership',
            name='one_household_at_a_time',
        ),
        migrations.RemoveConstraint(
            model_name='residence',
            name='one_residence_at_a_time',
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(condition=models.Q(('period__upper_inf', True), ('retired_at__isnull', True)), fields=('person',), name='one_household_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='residence',
            constraint=models.UniqueConstraint(condition=models.Q(('period__upper_inf', True), ('retired_at__isnull', True)), fields=('household',), name='one_residence_at_a_time'),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
