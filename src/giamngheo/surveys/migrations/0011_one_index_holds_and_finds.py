"""Verdicts of a visit are held and found by one index."""


import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('areas', '0004_functions_that_cost_less'),
        ('registry', '0014_one_index_holds_and_finds'),
        ('surveys', '0010_a_round_is_counted_by_pattern_first'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='verdict',
            name='one_verdict_in_force',
        ),
        migrations.AlterField(
            model_name='verdict',
            name='visit',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='verdicts', to='surveys.visit'),
        ),
        migrations.AddConstraint(
            model_name='verdict',
            constraint=models.UniqueConstraint(models.F('visit'), models.F('standard'), models.Case(models.When(retired_at__isnull=True, then=0), default='id', output_field=models.BigIntegerField()), name='one_verdict_in_force'),
        ),
    ]
