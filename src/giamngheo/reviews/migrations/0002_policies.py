"""Steps of a review follow the village; what a decision rests on is frozen by the database; the public sees a posting."""

from django.db import migrations

from giamngheo.access.policies import APP_ROLE, grant, scoped
from giamngheo.audit.triggers import audited

_REVIEWERS = "access_may_review()"
_BY_VILLAGE = (
    *("reviews_case", "reviews_request", "reviews_meeting", "reviews_attendance", "reviews_vote", "reviews_interest"),
    *("reviews_posting", "reviews_postingline", "reviews_objection", "reviews_villagereview"),
)
#: Written once, with the decision, and ended or revoked later; a line never changes.
_BY_HOUSEHOLD = ("reviews_decisionline", "reviews_recognition", "reviews_certificate")
_OF_COMMUNE = ("reviews_step", "reviews_opinion")

COMMUNES = """
-- The communes that hold villages the acting person may see, on any day: the review of a village is one of its commune.
CREATE FUNCTION access_communes() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp
RETURN (
  SELECT coalesce(array_agg(DISTINCT w.ancestor_id), '{}') FROM areas_within w
  WHERE w.level = 3 AND w.unit_id = ANY ((SELECT access_villages())::bigint[])
);
"""

# Headers say which commune stands where and which decision it took; they name no household.
HEADERS = f"""
{grant("reviews_communereview", "SELECT", "INSERT", "UPDATE")}
ALTER TABLE reviews_communereview ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON reviews_communereview FOR SELECT TO {APP_ROLE}
  USING (commune_id = ANY ((SELECT access_communes())::bigint[]) OR commune_id = ANY ((SELECT access_units())::bigint[]));
CREATE POLICY added ON reviews_communereview FOR INSERT TO {APP_ROLE}
  WITH CHECK (commune_id = ANY ((SELECT access_communes())::bigint[]) AND (SELECT access_may_review()));
CREATE POLICY changed ON reviews_communereview FOR UPDATE TO {APP_ROLE}
  USING (commune_id = ANY ((SELECT access_communes())::bigint[]) AND (SELECT access_may_review()));

{grant("reviews_decision", "SELECT", "INSERT")}
ALTER TABLE reviews_decision ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON reviews_decision FOR SELECT TO {APP_ROLE}
  USING (commune_id = ANY ((SELECT access_communes())::bigint[]) OR commune_id = ANY ((SELECT access_units())::bigint[]));
CREATE POLICY added ON reviews_decision FOR INSERT TO {APP_ROLE}
  WITH CHECK (commune_id = ANY ((SELECT access_communes())::bigint[]) AND (SELECT access_role()) = 'commune_chairman');
"""


def _of_commune(table: str, *rights: str) -> str:
    return f"""
{grant(table, *rights)}
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON {table} FOR SELECT TO {APP_ROLE} USING (of_id IN (SELECT id FROM reviews_communereview));
CREATE POLICY added ON {table} FOR INSERT TO {APP_ROLE}
  WITH CHECK (of_id IN (SELECT id FROM reviews_communereview) AND (SELECT access_may_review()));
CREATE POLICY changed ON {table} FOR UPDATE TO {APP_ROLE}
  USING (of_id IN (SELECT id FROM reviews_communereview) AND (SELECT access_may_review()));
"""


# A scan may show households: it is seen by those who see its village, or the whole commune where it has none.
ATTACHMENTS = f"""
{grant("reviews_attachment", "SELECT", "INSERT")}
ALTER TABLE reviews_attachment ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON reviews_attachment FOR SELECT TO {APP_ROLE}
  USING (of_id IN (SELECT id FROM reviews_communereview)
         AND (village_id = ANY ((SELECT access_villages())::bigint[])
              OR village_id IS NULL AND (SELECT access_role()) NOT IN ('village_head', 'leader')));
CREATE POLICY added ON reviews_attachment FOR INSERT TO {APP_ROLE}
  WITH CHECK (of_id IN (SELECT id FROM reviews_communereview) AND (SELECT access_may_review())
              AND (village_id IS NULL OR village_id = ANY ((SELECT access_villages())::bigint[])));
"""

FROZEN = """
-- All that one line of a decision rests on. Columns are named, so that a table that grows does not change old content.
CREATE FUNCTION reviews_line_content(l reviews_decisionline) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = public, pg_temp
RETURN (
  SELECT jsonb_build_object(
    'household', l.household_id, 'village', l.village_id, 'outcome', l.outcome, 'before', l.before, 'after', l.after,
    'came_back', l.came_back, 'head', l.head_name, 'persons', l.persons, 'why', l.why,
    'case', (SELECT jsonb_build_object('list', c.list, 'ground', c.ground, 'ticks', c.quick_ticks) FROM reviews_case c WHERE c.id = l.case_id),
    'verdict', jsonb_build_object('id', v.id, 'standard', v.standard, 'law', v.law_id, 'class', v.klass, 'basis', v.basis, 'band', v.band,
      'income', v.income, 'points', v.points, 'deprived', v.deprived, 'unknown', v.unknown, 'pattern', v.pattern,
      'given', v.pattern_given, 'computed', v.pattern_computed, 'at', extract(epoch FROM v.recorded_at)),
    'facts', jsonb_build_object('visit', s.id, 'outcome', s.outcome, 'on', s.visited_on, 'answers', s.answers, 'members', s.members,
      'area', s.area_type, 'by', s.recorded_by_id, 'at', extract(epoch FROM s.recorded_at)),
    'vote', (SELECT jsonb_build_object('id', o.id, 'class', o.klass, 'agree', o.agree, 'disagree', o.disagree, 'voters', o.voters,
      'apart', o.apart, 'passed', o.passed, 'remarks', o.remarks) FROM reviews_vote o WHERE o.id = l.vote_id),
    'objections', (SELECT jsonb_agg(jsonb_build_object('number', b.number, 'text', b.text, 'finding', b.finding, 'answer', b.answer,
      'on', b.answered_on) ORDER BY b.id)
      FROM reviews_objection b JOIN reviews_decision d ON d.id = l.decision_id
      WHERE b.of_id = d.of_id AND b.household_id = l.household_id AND b.entered_at <= d.made_at))
  FROM surveys_verdict v JOIN surveys_visit s ON s.id = v.visit_id WHERE v.id = l.verdict_id
);

CREATE FUNCTION reviews_line_hash(l reviews_decisionline) RETURNS text LANGUAGE sql STABLE
SET search_path = public, pg_temp
RETURN encode(sha256(convert_to(reviews_line_content(l)::text, 'UTF8')), 'hex');

CREATE FUNCTION reviews_decision_content(d reviews_decision) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = public, pg_temp
RETURN jsonb_build_object(
  'commune', d.commune_id, 'review', d.of_id, 'kind', d.kind, 'number', d.number, 'year', d.year, 'on', d.decided_on, 'signer', d.signer,
  'title', d.signer_title, 'supersedes', d.supersedes_id, 'reason', d.reason, 'procedure', d.procedure, 'standard', d.standard,
  'sequence', d.sequence, 'previous', d.previous, 'made_at', extract(epoch FROM d.made_at), 'made_by', d.made_by_id,
  'lines', (SELECT coalesce(jsonb_agg(l.hash ORDER BY l.household_id), '[]') FROM reviews_decisionline l WHERE l.decision_id = d.id));

CREATE FUNCTION reviews_decision_hash(d reviews_decision) RETURNS text LANGUAGE sql STABLE
SET search_path = public, pg_temp
RETURN encode(sha256(convert_to(reviews_decision_content(d)::text, 'UTF8')), 'hex');

-- A line gets its hash from the database as it is written.
CREATE FUNCTION reviews_freeze_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.hash := reviews_line_hash(NEW);
  RETURN NEW;
END $$;
CREATE TRIGGER hashed BEFORE INSERT ON reviews_decisionline FOR EACH ROW EXECUTE FUNCTION reviews_freeze_line();

-- Puts a decision into the chain of its commune, once, when its lines are in.
CREATE FUNCTION reviews_seal(the_decision bigint) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  sealed text;
BEGIN
  UPDATE reviews_decision d SET hash = reviews_decision_hash(d) WHERE d.id = the_decision AND d.hash = '' RETURNING hash INTO sealed;
  RETURN sealed;
END $$;

CREATE FUNCTION reviews_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a decision is never changed; make another that supersedes it' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON reviews_decision FOR EACH ROW
  WHEN (OLD.hash <> '') EXECUTE FUNCTION reviews_refuse_change();
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON reviews_decisionline FOR EACH ROW EXECUTE FUNCTION reviews_refuse_change();
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON reviews_postingline FOR EACH ROW EXECUTE FUNCTION reviews_refuse_change();
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON reviews_vote FOR EACH ROW EXECUTE FUNCTION reviews_refuse_change();
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON reviews_step FOR EACH ROW EXECUTE FUNCTION reviews_refuse_change();
-- A line can't be slipped into a decision that is sealed.
CREATE FUNCTION reviews_refuse_late_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT hash FROM reviews_decision WHERE id = NEW.decision_id) <> '' THEN
    RAISE EXCEPTION 'this decision is sealed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER closed BEFORE INSERT ON reviews_decisionline FOR EACH ROW EXECUTE FUNCTION reviews_refuse_late_line();

-- Everything that does not hold in the chain of decisions: what was changed, by which decision, household and kind.
CREATE FUNCTION reviews_broken() RETURNS TABLE (decision bigint, household bigint, fault text) LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT l.decision_id, l.household_id, 'line' FROM reviews_decisionline l WHERE l.hash IS DISTINCT FROM reviews_line_hash(l)
  UNION ALL
  SELECT d.id, NULL, 'header' FROM reviews_decision d WHERE d.hash IS DISTINCT FROM reviews_decision_hash(d)
  UNION ALL
  SELECT d.id, NULL, 'chain' FROM (
    SELECT id, sequence, previous, lag(hash, 1, '') OVER w AS before, lag(sequence, 1, 0) OVER w AS sequence_before
    FROM reviews_decision WINDOW w AS (PARTITION BY commune_id ORDER BY sequence)) AS d
  WHERE d.previous <> d.before OR d.sequence <> d.sequence_before + 1
$$;
"""

PUBLIC = f"""
-- What hangs in a village, for whoever holds its address; the lines only on the days it hangs.
CREATE FUNCTION reviews_public_posting(the_token text)
RETURNS TABLE (id bigint, village text, commune text, commune_kind text, number smallint, starts_on date, ends_on date, places text, round text,
               procedure text, hangs boolean, lines jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.id, u.name, c.name, c.kind, p.number, p.starts_on, p.ends_on, p.places, r.name, of.procedure,
    app_today() BETWEEN p.starts_on AND p.ends_on,
    CASE WHEN app_today() BETWEEN p.starts_on AND p.ends_on THEN
      (SELECT jsonb_agg(jsonb_build_object('head', l.head_name, 'klass', l.klass, 'before', l.before, 'reason', l.reason,
                                           'changed', l.changed) ORDER BY l.klass, l.head_name, l.id)
       FROM reviews_postingline l WHERE l.posting_id = p.id) END
  FROM reviews_posting p JOIN reviews_communereview of ON of.id = p.of_id JOIN areas_unit u ON u.id = p.village_id
  JOIN areas_unit c ON c.id = of.commune_id JOIN surveys_round r ON r.id = of.round_id
  WHERE p.token = the_token
$$;

-- An objection from somebody without an account; taken only while the list hangs.
CREATE FUNCTION reviews_public_objection(the_token text, spoken_of text, said text, who text, reach text, due date)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  p reviews_posting;
  receipt text;
BEGIN
  SELECT * INTO p FROM reviews_posting WHERE token = the_token AND app_today() BETWEEN starts_on AND ends_on;
  IF p.id IS NULL OR btrim(said) = '' OR btrim(spoken_of) = '' THEN
    RETURN NULL;
  END IF;
  receipt := reviews_number('PA');
  INSERT INTO reviews_objection (number, of_id, village_id, posting_id, about, text, objector, contact, channel, received_on, due_on, state,
                                 finding, answer, entered_at)
  VALUES (receipt, p.of_id, p.village_id, p.id, left(btrim(spoken_of), 200), left(btrim(said), 4000), left(btrim(who), 120),
          left(btrim(reach), 120), 'page', app_today(), due, 'open', '', '', now());
  RETURN receipt;
END $$;

-- Whether a certificate still stands: nothing about the household.
CREATE FUNCTION reviews_certificate_standing(the_number text)
RETURNS TABLE (number text, issued_on date, revoked_on date, in_force boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.number, c.issued_on, c.revoked_on,
    c.revoked_on IS NULL AND EXISTS (SELECT 1 FROM reviews_recognition g WHERE g.household_id = c.household_id AND g.klass = c.klass
                                     AND g.period @> app_today())
  FROM reviews_certificate c WHERE c.number = the_number
$$;
"""

NUMBERS = """
CREATE SEQUENCE reviews_numbers;
CREATE SEQUENCE reviews_certificates;
GRANT USAGE ON SEQUENCE reviews_certificates TO giamngheo_app;
-- Receipt numbers: kind, year, running number. They name nobody.
CREATE FUNCTION reviews_number(kind text) RETURNS text LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
RETURN kind || '-' || extract(year FROM app_today())::int || '-' || lpad(nextval('reviews_numbers')::text, 6, '0');
"""

# One row a village or commune of a round, for those who may see its figures: no names.
BOARD = """
CREATE FUNCTION reviews_board(the_round bigint)
RETURNS TABLE (of_id bigint, commune bigint, village bigint, state text, since date, due_on date, cases bigint, agreed bigint,
               decided bigint, open_objections bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT of.id, of.commune_id, NULL::bigint, of.state, NULL::date,
    (SELECT o.due_on FROM reviews_opinion o WHERE o.of_id = of.id AND o.answered_on IS NULL ORDER BY o.number DESC LIMIT 1),
    NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint
  FROM reviews_communereview of
  WHERE of.round_id = the_round AND of.commune_id = ANY ((SELECT access_units())::bigint[])
  UNION ALL
  SELECT of.id, of.commune_id, v.village_id, v.state, v.since, v.due_on, k.cases, k.agreed, k.decided, b.waiting
  FROM reviews_villagereview v JOIN reviews_communereview of ON of.id = v.of_id
  LEFT JOIN (SELECT of_id, village_id, count(*) AS cases, count(*) FILTER (WHERE state IN ('agreed', 'decided')) AS agreed,
                    count(*) FILTER (WHERE state = 'decided') AS decided
             FROM reviews_case WHERE round_id = the_round AND state <> 'withdrawn' GROUP BY of_id, village_id) AS k
    ON k.of_id = of.id AND k.village_id = v.village_id
  LEFT JOIN (SELECT of_id, village_id, count(*) AS waiting FROM reviews_objection WHERE state <> 'answered' GROUP BY of_id, village_id) AS b
    ON b.of_id = of.id AND b.village_id = v.village_id
  WHERE of.round_id = the_round AND v.village_id = ANY ((SELECT access_units())::bigint[])
$$;
"""

SQL = "\n".join(
    [
        COMMUNES,
        HEADERS,
        *(scoped(table, writers=_REVIEWERS) for table in _BY_VILLAGE),
        *(scoped(table, household="household_id", writers=_REVIEWERS) for table in _BY_HOUSEHOLD),
        f"REVOKE UPDATE ON reviews_decisionline, reviews_vote, reviews_postingline FROM {APP_ROLE};",
        _of_commune("reviews_step", "SELECT", "INSERT"),
        _of_commune("reviews_opinion", "SELECT", "INSERT", "UPDATE"),
        ATTACHMENTS,
        NUMBERS,
        FROZEN,
        PUBLIC,
        BOARD,
        *(
            audited(table)
            for table in (
                *_BY_VILLAGE,
                *_BY_HOUSEHOLD,
                *_OF_COMMUNE,
                *("reviews_communereview", "reviews_decision", "reviews_attachment"),
            )
        ),
    ]
)


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_tables"), ("surveys", "0002_policies"), ("access", "0003_audited")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
