"""What was due and did not come: one question for what stands on a list, one for what never did."""

# ruff: noqa: S608  (only constants of ours are laid into the queries)

#: What each line of a list came to in its time: how many deliveries, what sum, when the last. A person's by any of their
#: records; a household's by the household.
_GOT = """
got AS (
  SELECT l.line, count(g.delivery) AS n, sum(g.amount) AS amount, list(g.delivery ORDER BY g.delivery) FILTER (WHERE g.delivery IS NOT NULL) AS deliveries,
    count(g.delivery) FILTER (WHERE t.days IS NOT NULL
      AND g.given_on > CASE WHEN t.every = '' THEN g.since ELSE g.until END + t.days) AS late,
    sum(g.amount) FILTER (WHERE t.days IS NOT NULL
      AND g.given_on > CASE WHEN t.every = '' THEN g.since ELSE g.until END + t.days) AS late_amount,
    list(g.delivery ORDER BY g.delivery) FILTER (WHERE t.days IS NOT NULL
      AND g.given_on > CASE WHEN t.every = '' THEN g.since ELSE g.until END + t.days) AS late_deliveries
  FROM lines l JOIN terms t USING (policy) LEFT JOIN people p ON p.person = l.person
  LEFT JOIN g ON g.policy = l.policy AND g.benefit = l.benefit AND g.since <= l.until AND g.until >= l.since
    AND g.holder = coalesce(p.root, l.person, -l.household)
  GROUP BY l.line
)
"""
#: The law's window where it has one; else what is listed for a time should have come by its end.
_BY = (
    "CASE WHEN t.days IS NULL THEN l.until WHEN t.every = '' THEN l.since + t.days ELSE l.until + t.days END"
)

LISTED = f"""
WITH {_GOT}
SELECT CASE WHEN o.n = 0 THEN 'not_delivered' WHEN l.amount > coalesce(o.amount, l.amount) THEN 'less' ELSE 'late' END AS kind,
  l.policy, l.benefit, '' AS other_policy, l.household, l.person, l.village, l.since, l.until,
  CASE WHEN o.n = 0 THEN l.amount WHEN l.amount > coalesce(o.amount, l.amount) THEN l.amount - o.amount ELSE o.late_amount END AS amount,
  CASE WHEN o.n = 0 THEN []::BIGINT[] WHEN l.amount > coalesce(o.amount, l.amount) THEN o.deliveries ELSE o.late_deliveries END AS deliveries,
  l.line, t.article, t.agency AS keeper
FROM lines l JOIN got o USING (line) JOIN terms t USING (policy) LEFT JOIN people p ON p.person = l.person
LEFT JOIN homes h ON h.household = l.household
WHERE (p.died_on IS NULL OR p.died_on >= l.since) AND (p.left_on IS NULL OR p.left_on >= l.since)
  AND (h.left_on IS NULL OR h.left_on >= l.since)
  AND (o.n = 0 AND $today > {_BY} OR o.n > 0 AND l.amount > coalesce(o.amount, l.amount) AND $today > {_BY} OR o.late > 0)
"""

#: Rights of the year that no list and no delivery knows. Only where the policy is being carried out at all: a policy of
#: which a commune has neither list nor delivery is shown as not recorded there, not as thousands of misses.
UNLISTED = """
SELECT CASE WHEN o.ends_because = 'window' AND before.policy IS NOT NULL THEN 'ended_early'
    WHEN contains(o.facts, 'area:') AND (year(h.moved_on) = $year OR x.code IS NOT NULL) THEN 'border'
    ELSE 'never_listed' END AS kind,
  o.policy, o.benefit, '' AS other_policy, o.household, o.person, o.village, greatest(o.since, make_date($year, 1, 1)) AS since,
  least(coalesce(o.until, make_date($year, 12, 31)), make_date($year, 12, 31)) AS until,
  o.amount, []::BIGINT[] AS deliveries, NULL::BIGINT AS line, o.article, CASE WHEN before.policy IS NULL THEN 'commune' ELSE t.agency END AS keeper
FROM owed o JOIN terms t USING (policy)
JOIN (SELECT DISTINCT policy, benefit, commune FROM lines UNION SELECT DISTINCT policy, benefit, commune FROM g WHERE now) AS running
  ON running.policy = o.policy AND running.benefit = o.benefit AND running.commune = o.commune
LEFT JOIN people p ON p.person = o.person LEFT JOIN homes h ON h.household = o.household
LEFT JOIN (SELECT DISTINCT list, code FROM moved_lists) AS x
  ON contains(o.facts, 'area:' || x.list) AND x.code IN (h.village_code, h.commune_code, h.district_code)
LEFT JOIN (SELECT DISTINCT policy, benefit, holder FROM g WHERE until < make_date($year, 1, 1)) AS before
  ON before.policy = o.policy AND before.benefit = o.benefit
     AND before.holder = coalesce(p.root, o.person, -o.household)
WHERE NOT EXISTS (SELECT 1 FROM lines l WHERE l.policy = o.policy AND l.benefit = o.benefit
                  AND coalesce(l.person, -l.household) = coalesce(o.person, -o.household))
  AND NOT EXISTS (SELECT 1 FROM g WHERE g.now AND g.policy = o.policy AND g.benefit = o.benefit
                  AND g.holder = coalesce(p.root, o.person, -o.household))
  AND $today > CASE WHEN t.days IS NULL THEN make_date($year, 12, 31) WHEN t.every = '' THEN greatest(o.since, make_date($year, 1, 1)) + t.days
                    ELSE make_date($year, 12, 31) + t.days END
QUALIFY row_number() OVER (PARTITION BY o.policy, o.benefit, o.household, o.person ORDER BY x.list NULLS LAST) = 1
"""
MISSES = (LISTED, UNLISTED)
