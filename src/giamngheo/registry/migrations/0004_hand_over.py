"""A household or a person can be handed over to another commune by those who may write the old place.

Row-level security lets nobody write a row into an area not theirs, so the move is two functions of the owner, which
check the caller's right to the old place themselves. What was corrected of a person is seen by whoever sees the person.
"""

from django.db import migrations

SQL = """
CREATE FUNCTION registry_move_household(
  the_household bigint, to_village bigint, new_code text, new_address text, on_day date, why text
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  h registry_household;
  was jsonb;
  becomes jsonb;
  moment timestamptz := clock_timestamp();
  left_event bigint;
  came_event bigint;
BEGIN
  SELECT * INTO h FROM registry_household WHERE id = the_household AND ended_on IS NULL FOR UPDATE;
  IF h.id IS NULL OR NOT access_may_write() OR NOT h.village_id = ANY (access_villages()) THEN
    RAISE EXCEPTION 'outside_area';
  END IF;
  IF NOT EXISTS (SELECT FROM areas_unit WHERE id = to_village AND level = 4
                 AND on_day BETWEEN valid_from AND coalesce(valid_to, 'infinity')) THEN
    RAISE EXCEPTION 'no_such_village_then';
  END IF;
  was := (SELECT jsonb_build_object('village', name, 'local_code', h.local_code) FROM areas_unit WHERE id = h.village_id);
  becomes := (SELECT jsonb_build_object('village', name, 'local_code', new_code) FROM areas_unit WHERE id = to_village);
  INSERT INTO registry_lifeevent
    (kind, "on", household_id, village_id, reason, before, after, recorded_at, recorded_by_id)
  VALUES ('moved_out', on_day, h.id, h.village_id, why, was, becomes, moment, app_user())
  RETURNING id INTO left_event;
  INSERT INTO registry_lifeevent
    (kind, "on", household_id, village_id, reason, before, after, recorded_at, recorded_by_id)
  VALUES ('moved_in', on_day, h.id, to_village, why, was, becomes, moment, app_user())
  RETURNING id INTO came_event;

  WITH retired AS (
    UPDATE registry_residence SET retired_at = moment, retired_by_id = left_event
    WHERE household_id = the_household AND retired_at IS NULL AND upper_inf(period) RETURNING *
  )
  INSERT INTO registry_residence (household_id, village_id, local_code, period, event_id, recorded_at)
  SELECT the_household, village_id, local_code, daterange(lower(period), on_day), left_event, moment
  FROM retired WHERE lower(period) < on_day;
  INSERT INTO registry_residence (household_id, village_id, local_code, period, event_id, recorded_at)
  VALUES (the_household, to_village, new_code, daterange(on_day, NULL), came_event, moment);

  CREATE TEMP TABLE moving ON COMMIT DROP AS
    SELECT * FROM registry_membership
    WHERE household_id = the_household AND retired_at IS NULL AND upper_inf(period);
  UPDATE registry_membership m SET retired_at = moment, retired_by_id = left_event FROM moving WHERE m.id = moving.id;
  INSERT INTO registry_membership (person_id, household_id, village_id, relation, period, event_id, recorded_at)
  SELECT person_id, household_id, village_id, relation, daterange(lower(period), on_day), left_event, moment
  FROM moving WHERE lower(period) < on_day
  UNION ALL
  SELECT person_id, household_id, to_village, relation, daterange(on_day, NULL), came_event, moment FROM moving;
  DROP TABLE moving;

  UPDATE registry_person SET village_id = to_village WHERE household_id = the_household;
  UPDATE registry_household SET village_id = to_village, local_code = new_code, address = new_address, moved = true
  WHERE id = the_household;
END $$;

CREATE FUNCTION registry_hand_over_person(
  the_person bigint, to_number text, new_relation text, on_day date, why text
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  p registry_person;
  h registry_household;
  old_number text;
  moment timestamptz := clock_timestamp();
  left_event bigint;
  came_event bigint;
BEGIN
  SELECT * INTO p FROM registry_person WHERE id = the_person AND died_on IS NULL FOR UPDATE;
  IF p.id IS NULL OR NOT access_may_write() OR NOT p.village_id = ANY (access_villages()) THEN
    RAISE EXCEPTION 'outside_area';
  END IF;
  SELECT * INTO h FROM registry_household WHERE number = to_number AND ended_on IS NULL;
  IF h.id IS NULL OR h.id IS NOT DISTINCT FROM p.household_id OR new_relation = 'head' THEN
    RAISE EXCEPTION 'household_unknown';
  END IF;
  old_number := (SELECT number FROM registry_household WHERE id = p.household_id);
  INSERT INTO registry_lifeevent
    (kind, "on", household_id, person_id, village_id, reason, before, after, recorded_at, recorded_by_id)
  VALUES
    ('moved_out', on_day, p.household_id, p.id, p.village_id, why, jsonb_build_object('household', old_number),
     jsonb_build_object('household', h.number), moment, app_user())
  RETURNING id INTO left_event;
  INSERT INTO registry_lifeevent
    (kind, "on", household_id, person_id, village_id, reason, before, after, recorded_at, recorded_by_id)
  VALUES
    ('moved_in', on_day, h.id, p.id, h.village_id, why, jsonb_build_object('household', old_number),
     jsonb_build_object('household', h.number), moment, app_user())
  RETURNING id INTO came_event;
  WITH retired AS (
    UPDATE registry_membership SET retired_at = moment, retired_by_id = left_event
    WHERE person_id = the_person AND retired_at IS NULL AND upper_inf(period) RETURNING *
  )
  INSERT INTO registry_membership (person_id, household_id, village_id, relation, period, event_id, recorded_at)
  SELECT person_id, household_id, village_id, relation, daterange(lower(period), on_day), left_event, moment
  FROM retired WHERE lower(period) < on_day;
  INSERT INTO registry_membership (person_id, household_id, village_id, relation, period, event_id, recorded_at)
  VALUES (the_person, h.id, h.village_id, new_relation, daterange(on_day, NULL), came_event, moment);
  UPDATE registry_person SET household_id = h.id, village_id = h.village_id, relation = new_relation
  WHERE id = the_person;
END $$;

DROP POLICY seen ON registry_personpast;
CREATE POLICY seen ON registry_personpast FOR SELECT TO giamngheo_app USING (
  village_id = ANY ((SELECT access_villages())::bigint[])
  OR EXISTS (SELECT FROM registry_person p WHERE p.id = person_id)
);
"""

UNDO = """
DROP FUNCTION registry_move_household(bigint, bigint, text, text, date, text);
DROP FUNCTION registry_hand_over_person(bigint, text, text, date, text);
DROP POLICY seen ON registry_personpast;
CREATE POLICY seen ON registry_personpast FOR SELECT TO giamngheo_app
  USING (village_id = ANY ((SELECT access_villages())::bigint[]));
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_facts_say_what_retired_them")]
    operations = [migrations.RunSQL(SQL, UNDO)]
