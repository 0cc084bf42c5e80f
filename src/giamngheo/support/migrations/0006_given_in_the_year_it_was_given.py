"""What is given counts in the year it was given, loans apart; a loan's standing told twice a day is two rows."""

from django.db import migrations, models

SQL = """
-- Counts a year anew, of all villages or of some. A holder is the person, or the household where the right is a household's.
-- One count of a year at a time: two at once would write the same row.
CREATE OR REPLACE FUNCTION support_tally_year(the_year integer, only_villages bigint[]) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  first date := make_date(the_year, 1, 1);
  past date := make_date(the_year + 1, 1, 1);
  counted bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(7401, the_year);
  DELETE FROM support_supporttally WHERE year = the_year AND (only_villages IS NULL OR village_id = ANY (only_villages));
  INSERT INTO support_supporttally (year, policy, village_id, listed, due, holders, given, lent, missing, missing_amount, "double", double_amount)
  SELECT the_year, policy, village_id, sum(listed), sum(due), sum(holders), sum(given), sum(lent), sum(missing), sum(missing_amount), sum(two), sum(two_amount)
  FROM (
    SELECT s.policy, l.village_id, count(*) AS listed, coalesce(sum(l.amount), 0) AS due, 0 AS holders, 0 AS given, 0 AS lent, 0 AS missing,
      0 AS missing_amount, 0 AS two, 0 AS two_amount
    FROM support_supportline l JOIN support_supportlist s ON s.id = l.of_id
    WHERE s.state = 'decided' AND s.period && daterange(first, past) AND (only_villages IS NULL OR l.village_id = ANY (only_villages)) GROUP BY 1, 2
    UNION ALL
    SELECT policy, village_id, 0, 0, count(DISTINCT coalesce(person_id, -household_id)), coalesce(sum(amount) FILTER (WHERE kind <> 'loan'), 0),
      coalesce(sum(amount) FILTER (WHERE kind = 'loan'), 0), 0, 0, 0, 0
    FROM support_delivery
    WHERE retired_at IS NULL AND NOT void AND given_on >= first AND given_on < past AND (only_villages IS NULL OR village_id = ANY (only_villages))
    GROUP BY 1, 2
    UNION ALL
    SELECT policy, village_id, 0, 0, 0, 0, 0, count(*) FILTER (WHERE side = 'missed'), coalesce(sum(amount) FILTER (WHERE side = 'missed'), 0),
      count(*) FILTER (WHERE side = 'double'), coalesce(sum(amount) FILTER (WHERE side = 'double'), 0)
    FROM support_finding
    WHERE year = the_year AND state IN ('open', 'explained') AND (only_villages IS NULL OR village_id = ANY (only_villages)) GROUP BY 1, 2
  ) AS every GROUP BY policy, village_id;
  GET DIAGNOSTICS counted = ROW_COUNT;
  RETURN counted;
END $$;

-- Every year of which anything is in the book.
CREATE FUNCTION support_tally_all() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(sum(support_tally_year(y, NULL)), 0)::bigint FROM (
    SELECT DISTINCT extract(year FROM given_on)::integer FROM support_delivery
    UNION SELECT extract(year FROM lower(period))::integer FROM support_supportlist WHERE state = 'decided'
    UNION SELECT year FROM support_finding
    UNION SELECT year FROM support_supporttally
  ) AS years (y)
$$;
REVOKE EXECUTE ON FUNCTION support_tally_all() FROM PUBLIC;
SELECT support_tally_all();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('support', '0005_whether_a_year_was_looked_through'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='loanstanding',
            name='loan_once_a_day',
        ),
        migrations.AddField(
            model_name='supporttally',
            name='lent',
            field=models.BigIntegerField(default=0, help_text='đồng lent in the year'),
        ),
        migrations.AlterField(
            model_name='intakerow',
            name='how',
            field=models.CharField(choices=[('number', 'cùng số giấy tờ'), ('household', 'theo số hộ'), ('settled', 'đã nhận ra lần trước'), ('exact', 'cùng họ tên, ngày sinh, giới tính, thôn'), ('likely', 'giống nhau gần như chắc chắn'), ('person', 'người dò chọn'), ('doubtful', 'chưa chắc, chờ người dò'), ('nobody', 'không thấy ai')], max_length=10),
        ),
        migrations.AlterField(
            model_name='supporttally',
            name='given',
            field=models.BigIntegerField(default=0, help_text='đồng given in the year, without loans'),
        ),
        migrations.AlterField(
            model_name='supporttally',
            name='holders',
            field=models.IntegerField(default=0, help_text='persons, or households, that received in the year'),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
