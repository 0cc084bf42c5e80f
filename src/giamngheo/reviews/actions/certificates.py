"""Certificates: numbered when a decision recognises a household, for one or for a whole commune at once."""

from typing import Any

from django.db import connection, transaction

from giamngheo.access.models import Role, User
from giamngheo.reviews import errors
from giamngheo.reviews.actions._book import procedure_of
from giamngheo.reviews.models import Decision

# A household that was recognised before and still is keeps its class but gets the new decision's certificate; the old
# one is no longer the one that stands.
_REVOKE = """
UPDATE reviews_certificate c SET revoked_on = %(on)s, revoked_why = %(why)s
FROM reviews_decisionline l
WHERE l.decision_id = %(decision)s AND c.household_id = l.household_id AND c.revoked_on IS NULL AND c.line_id <> l.id
"""
_ISSUE = """
INSERT INTO reviews_certificate (number, line_id, household_id, village_id, klass, issued_on, revoked_why)
SELECT %(code)s || '-' || %(year)s || '-' || lpad(nextval('reviews_certificates')::text, 6, '0'), l.id, l.household_id, l.village_id,
  l.after, %(on)s, ''
FROM (SELECT * FROM reviews_decisionline WHERE decision_id = %(decision)s ORDER BY village_id, head_name, id) AS l
WHERE l.outcome IN ('recognised_poor', 'recognised_near_poor')
  AND NOT EXISTS (SELECT 1 FROM reviews_certificate c WHERE c.line_id = l.id)
"""


@transaction.atomic
def issue(*, decision: Decision, by: User) -> int:
    """Number the certificates of every household a decision recognises; how many were new. Twice changes nothing."""
    if by.role not in {Role.COMMUNE_OFFICER, Role.COMMUNE_CHAIRMAN}:
        who = f"{Role.COMMUNE_OFFICER.label}, {Role.COMMUNE_CHAIRMAN.label}"
        rule = procedure_of(decision.of).decision.words
        raise errors.NotYourStepError(step="cấp giấy chứng nhận", who=who, rule=rule)
    words: dict[str, Any] = {
        "decision": decision.pk,
        "code": decision.commune.code,
        "year": decision.year,
        "on": decision.decided_on,
        "why": decision.number,
    }
    with connection.cursor() as cursor:
        cursor.execute(_REVOKE, words)
        cursor.execute(_ISSUE, words)
        return int(cursor.rowcount)
