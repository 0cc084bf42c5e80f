"""A line's hash reads and changes nothing, so that the whole book is checked on all processors at once."""

from django.db import migrations

FORWARD = """
ALTER FUNCTION reviews_line_content(reviews_decisionline) PARALLEL SAFE;
ALTER FUNCTION reviews_line_hash(reviews_decisionline) PARALLEL SAFE;
"""
BACKWARD = FORWARD.replace("PARALLEL SAFE", "PARALLEL UNSAFE")


class Migration(migrations.Migration):
    dependencies = [("reviews", "0002_policies")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
