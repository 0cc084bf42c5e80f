"""One index holds that only one row is in force and finds all rows: where two did, every new row paid both."""


import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('areas', '0004_functions_that_cost_less'),
        ('registry', '0013_what_many_rows_ask_is_asked_once'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='membership',
            name='one_household_at_a_time',
        ),
        migrations.RemoveConstraint(
            model_name='person',
            name='id_number_once',
        ),
        migrations.RemoveConstraint(
            model_name='residence',
            name='one_residence_at_a_time',
        ),
        migrations.RemoveIndex(
            model_name='person',
            name='person_id_number',
        ),
        migrations.AlterField(
            model_name='membership',
            name='person',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='registry.person'),
        ),
        migrations.AlterField(
            model_name='residence',
            name='household',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='residences', to='registry.household'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(models.F('person'), models.Case(models.When(period__upper_inf=True, retired_at__isnull=True, then=0), default='id', output_field=models.BigIntegerField()), name='one_household_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.UniqueConstraint(models.F('id_index'), models.Case(models.When(same_as__isnull=True, then=0), default='id', output_field=models.BigIntegerField()), condition=models.Q(('id_index__isnull', False)), name='id_number_once'),
        ),
        migrations.AddConstraint(
            model_name='residence',
            constraint=models.UniqueConstraint(models.F('household'), models.Case(models.When(period__upper_inf=True, retired_at__isnull=True, then=0), default='id', output_field=models.BigIntegerField()), name='one_residence_at_a_time'),
        ),
    ]
