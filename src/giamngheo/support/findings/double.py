"""What was given twice, or to those to whom nothing was due any more: one question a kind, over the tables of engine.py."""

# ruff: noqa: S608  (only constants of ours are laid into the queries)

#: Of two deliveries the later is the surplus; of unequal amounts the smaller is what was given too much.
_PAIR = """
  {kind} AS kind, b.policy, b.benefit, {other} AS other_policy, b.household, b.person, b.village,
  greatest(a.since, b.since) AS since, least(a.until, b.until) AS until, least(a.amount, b.amount) AS amount,
  list_sort([a.delivery, b.delivery]) AS deliveries, NULL::BIGINT AS line, {article} AS article, b.agency AS keeper
"""
_LATER = "(a.given_on, a.delivery) < (b.given_on, b.delivery)"
_OVERLAP = "a.since <= b.until AND b.since <= a.until AND (a.now OR b.now)"

#: The same right for the same days. Loans have a ceiling instead; things of different kinds are different help.
TWICE = f"""
SELECT {
    _PAIR.format(
        kind="CASE WHEN a.person <> b.person THEN 'two_records' WHEN t.cards THEN 'card_twice' WHEN t.houses THEN 'house_twice' ELSE 'twice' END",
        other="''",
        article="t.article",
    )
}
FROM g a JOIN g b ON a.policy = b.policy AND a.benefit = b.benefit AND a.root = b.root AND {_LATER} AND {
    _OVERLAP
}
JOIN terms t ON t.policy = b.policy
WHERE b.kind <> 'loan' AND (b.kind <> 'goods' OR a.item = b.item)
"""
TWICE_HOUSEHOLD = TWICE.replace(
    "a.root = b.root", "a.root IS NULL AND b.root IS NULL AND a.household = b.household"
)

_RELATED = """
FROM relations r JOIN g b ON b.policy = r.{mine} JOIN g a ON a.policy = r.{theirs} AND {holder}
JOIN terms t ON t.policy = b.policy
WHERE r.kind IN ({kinds}) AND {when} AND {later}
  AND NOT EXISTS (SELECT 1 FROM relations k WHERE k.kind = 'together' AND (k.policy, k.other) IN ((a.policy, b.policy), (b.policy, a.policy)))
  AND NOT EXISTS (SELECT 1 FROM true_facts f WHERE f.household = b.household AND f.fact = r.unless)
"""
#: Whose rights a rule compares, and when two deliveries are of the same holder. A person's and a household's help meet in the
#: household; that is a question of its own, for joined by OR the two would be compared row by row.
_HOLDERS = {
    "person": ("person", "a.root = b.root"),
    "mixed": ("person", "a.household = b.household AND (a.root IS NULL OR b.root IS NULL)"),
    "household": ("household", "a.household = b.household"),
}
#: Never together for the same days, whichever came first.
_TOGETHER = "'carve_out', 'choose_one', 'highest_wins', 'not_together', 'one_per_person', 'one_per_household'"
#: Not after the other was ever given.
_EVER = "'never_before', 'once'"


def _related(holder: str, mine: str, theirs: str, *, ever: bool) -> str:
    pair = _PAIR.format(
        kind="CASE WHEN r.kind = 'one_per_person' THEN 'card_twice' WHEN t.houses THEN 'house_twice' ELSE 'excluded' END",
        other="a.policy",
        article="r.article",
    )
    rest = _RELATED.format(
        mine=mine,
        theirs=theirs,
        holder=_HOLDERS[holder][1],
        kinds=_EVER if ever else _TOGETHER,
        when="b.now AND a.since < b.since" if ever else _OVERLAP,
        later=f"{_LATER} AND r.whose = '{_HOLDERS[holder][0]}'"
        + ("" if ever else " AND a.policy <> b.policy"),
    )
    # A rule that two policies each write down is one finding, not two.
    return f"SELECT DISTINCT ON (deliveries) * FROM (SELECT {pair} {rest}) ORDER BY deliveries, article"


DEAD = """
SELECT 'dead' AS kind, policy, benefit, '' AS other_policy, household, person, village, since, until, amount,
  [delivery] AS deliveries, NULL::BIGINT AS line, t.article, g.agency AS keeper
FROM g JOIN terms t USING (policy) WHERE now AND kind <> 'loan' AND died_on < since
"""
DEPARTED = """
SELECT 'departed' AS kind, policy, benefit, '' AS other_policy, household, person, village, since, until, amount,
  [delivery] AS deliveries, NULL::BIGINT AS line, t.article, g.agency AS keeper
FROM g JOIN terms t USING (policy)
WHERE now AND kind <> 'loan' AND (died_on IS NULL OR died_on >= since)
  AND (person_left < since OR person IS NULL AND home_left < since)
"""

#: Both directions of a rule are asked: it may be written with the policy that came first or with the other.
_PAIRS = [("policy", "other"), ("other", "policy")]
DOUBLES = (
    TWICE,
    TWICE_HOUSEHOLD,
    *(
        "SELECT DISTINCT ON (deliveries) * FROM ("
        + " UNION ALL BY NAME ".join(
            f"({_related(holder, mine, theirs, ever=False)})" for mine, theirs in _PAIRS
        )
        + ") ORDER BY deliveries, article"
        for holder in _HOLDERS
    ),
    *(_related(holder, "policy", "other", ever=True) for holder in _HOLDERS),
    DEAD,
    DEPARTED,
)
