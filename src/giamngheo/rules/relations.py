"""How rights exclude one another: a pure step over the rows of entitlements, with what was received before.

    carve_out          who has the other right does not have this one
    highest_wins       of rights of one nature the one worth most in a year stands, each with all its benefits
    choose_one         the person or household chooses; having received one ends the other
    not_together       not both; which of them is not said by the law, so it is a choice too
    never_before       whoever received one of the others does not have this one; `unless` names what lifts it
    once               not twice in a life (or in the life of the household)
    together           may be had beside the others: a lawful combination, never reported as a double
    one_per_person, one_per_household, window_after_escape, frozen_on_list, clawback    hold within a policy: its tiers,
                       conditions and deliveries carry them; they stand here to be read

Out: the rows, and `stands` ('yes' | 'no' | 'choice' | 'unsure'), `because` (a kind), `other` (the policy that decides).
"""

from collections.abc import Mapping
from functools import cache

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from giamngheo.rules.engine import cursor
from giamngheo.rules.entitlements import ROW_TYPES, UNKNOWN
from giamngheo.rules.policies import Policy, Relation, policies

AMONG_RIGHTS = ("carve_out", "highest_wins", "choose_one", "not_together")
BOTH_WAYS = ("highest_wins", "choose_one", "not_together")
AFTER_RECEIPT = ("choose_one", "not_together", "never_before", "once")
STANDS, NO, CHOICE, UNSURE = "yes", "no", "choice", "unsure"
#: What lifts a never_before: the column of `received` that says so.
UNLESS = ("destroyed",)
RECEIVED = pa.schema(
    {
        "household": pa.int64(),
        "person": pa.int64(),
        "policy": pa.string(),
        "on": pa.date32(),
        "destroyed": pa.bool_(),
    }
)
PAIRS = pa.schema(
    {
        "of_policy": pa.string(),
        "kind": pa.string(),
        "named": pa.string(),
        "of": pa.string(),
        "unless": pa.string(),
    }
)
_RANK = {NO: 3, CHOICE: 2, UNSURE: 1}


def settle(
    rights: pa.Table, received: pa.Table | None = None, *, of: Mapping[str, Policy] | None = None
) -> pa.Table:
    """The rows of entitlements with how each stands. `received`: RECEIVED, what was received before; None: not known."""
    connection = cursor()
    try:
        connection.register("rights", rights)
        connection.register("pairs", pairs(of or policies()))
        connection.register("received", received if received is not None else RECEIVED.empty_table())
        return connection.sql(_settled_sql(received is not None, tuple(ROW_TYPES))).to_arrow_table()
    finally:
        connection.close()


def had(rights: pa.Table, *, of: Mapping[str, Policy] | None = None) -> pa.Table:
    """The rows of entitlements that are had where everybody takes the best: what another right excludes is left out, of rights
    to choose from the one worth most in a year stays. What was received before is taken to bar nobody."""
    connection = cursor()
    try:
        connection.register("rights", rights)
        connection.register("pairs", pairs(of or policies()))
        connection.register("received", RECEIVED.empty_table())
        return connection.sql(had_sql(tuple(ROW_TYPES))).to_arrow_table()
    finally:
        connection.close()


@cache
def had_sql(columns: tuple[str, ...]) -> str:
    """`had` as a query over tables `rights` (these columns of entitlements), `pairs` and `received`, an empty one."""
    return _HAD.format(settled=_settled_sql(False, columns), columns=", ".join(f'r."{c}"' for c in columns))


#: The worth of a policy to its holder is that of all its benefits; of equal ones the first by name is taken.
_HAD = """
WITH settled AS MATERIALIZED (SELECT *, coalesce(person, 0) AS holder FROM ({settled})),
choices AS (SELECT DISTINCT of_policy, named, "of" FROM pairs WHERE kind IN ('choose_one', 'not_together')),
worth AS (
  SELECT policy, household, holder, sum(coalesce(amount, 0) * coalesce(times, 1)) AS worth FROM settled
  WHERE policy IN (SELECT of_policy FROM choices) GROUP BY ALL
),
left_for_better AS (
  SELECT DISTINCT mine.policy, mine.household, mine.holder FROM worth mine
  JOIN choices ON of_policy = mine.policy
  JOIN worth o ON o.policy = named AND o.household = mine.household
    AND ("of" = 'household' OR o.holder IN (0, mine.holder) OR mine.holder = 0)
  WHERE (o.worth, mine.policy) > (mine.worth, o.policy)
)
SELECT {columns} FROM settled r ANTI JOIN left_for_better b
  ON b.policy = r.policy AND b.household = r.household AND b.holder = r.holder WHERE r.stands <> 'no'
"""


def pairs(of: Mapping[str, Policy]) -> pa.Table:
    """The relations as data, one row per policy and policy it names; those that hold both ways stand twice."""
    rows = []
    for policy in of.values():
        for relation in policy.relations:
            for other in relation.others or ((policy.slug,) if relation.kind == "once" else ()):
                rows.append(_pair(policy.slug, relation, other))
                if relation.kind in BOTH_WAYS:
                    rows.append(_pair(other, relation, policy.slug))
    return pa.Table.from_pylist([dict(row) for row in dict.fromkeys(rows)], schema=PAIRS)


def _pair(policy: str, relation: Relation, other: str) -> tuple[tuple[str, str], ...]:
    row = {
        "of_policy": policy,
        "kind": relation.kind,
        "named": other,
        "of": relation.of,
        "unless": relation.unless,
    }
    return tuple(row.items())


def settled(rights: ir.Table, pairs: ir.Table, received: ir.Table, *, known: bool) -> ir.Table:
    """The same as an expression; `known` is False where what was received before is not known."""
    found = ibis.union(_among_rights(rights, pairs), _after_receipt(rights, pairs, received, known=known))
    found = found.group_by("of_policy", "of_household", "of_person").aggregate(
        rank=found.rank.max(), because=found.kind.argmax(found.rank), other=found.named.argmax(found.rank)
    )
    keyed = rights.mutate(of_person=rights.person.fill_null(0))
    both = keyed.left_join(
        found,
        [
            keyed.policy == found.of_policy,
            keyed.household == found.of_household,
            keyed.of_person == found.of_person,
        ],
    )
    arms = [(both.rank == rank, word) for word, rank in _RANK.items()]
    return both.select(
        *rights.columns, stands=ibis.cases(*arms, else_=STANDS), because=both.because, other=both.other
    )


def _same(one: ir.Table, other: ir.Table) -> ir.BooleanValue:
    """Of one household, and of one person where persons are compared and both rights are a person's."""
    persons = (one.person == other.person) | one.person.isnull() | other.person.isnull()
    return (one.of == "household") | persons


def _named(rights: ir.Table, pairs: ir.Table, kinds: tuple[str, ...]) -> ir.Table:
    """Rights with the pairs of their policy."""
    asked = pairs.filter(pairs.kind.isin(kinds))
    return rights.inner_join(asked, rights.policy == asked.of_policy)


def _held(rights: ir.Table) -> ir.Table:
    """A policy to its holder, all its benefits together; what is given in kind is not weighed where some of it is money."""
    sure = rights.state != UNKNOWN
    return rights.group_by("policy", "household", "person").aggregate(
        sure=sure.any(), whole=sure.all(), worth=(rights.amount * rights.times.fill_null(1)).sum()
    )


def _among_rights(rights: ir.Table, pairs: ir.Table) -> ir.Table:
    held = _held(rights)
    mine, others = _named(held, pairs, AMONG_RIGHTS), held.view()
    both = mine.inner_join(
        others, [mine.household == others.household, mine.named == others.policy, _same(mine, others)]
    )
    rank = ibis.cases(
        (~both.sure_right, _RANK[UNSURE]),
        (both.kind == "carve_out", _RANK[NO]),
        (both.kind.isin(("choose_one", "not_together")), _RANK[CHOICE]),
        ((both.worth.isnull() | both.worth_right.isnull()), _RANK[UNSURE]),
        (both.worth < both.worth_right, _RANK[NO]),
        ((both.worth == both.worth_right) & (both.of_policy > both.named), _RANK[NO]),
        (~both.whole_right, _RANK[UNSURE]),
    )
    return _told(both.mutate(rank=rank).filter(lambda t: t.rank.notnull()))


def _after_receipt(rights: ir.Table, pairs: ir.Table, received: ir.Table, *, known: bool) -> ir.Table:
    mine = _named(_held(rights), pairs, AFTER_RECEIPT)
    if not known:
        asked = mine.filter(mine.kind.isin(("never_before", "once")))
        return _told(asked.mutate(rank=ibis.literal(_RANK[UNSURE])))
    both = mine.inner_join(
        received,
        [mine.household == received.household, mine.named == received.policy, _same(mine, received)],
    )
    lifted = (both.unless == "destroyed") & both.destroyed.fill_null(False)
    return _told(both.filter(~lifted).mutate(rank=ibis.literal(_RANK[NO])))


def _told(found: ir.Table) -> ir.Table:
    return found.select(
        "of_policy",
        "kind",
        "named",
        of_household=found.household,
        of_person=found.person.fill_null(0),
        rank=found.rank.cast("int8"),
    )


@cache
def _settled_sql(known: bool, columns: tuple[str, ...]) -> str:
    expression = settled(
        ibis.table({name: ROW_TYPES[name] for name in columns}, name="rights"),
        ibis.table(ibis.Schema.from_pyarrow(PAIRS), name="pairs"),
        ibis.table(ibis.Schema.from_pyarrow(RECEIVED), name="received"),
        known=known,
    )
    return str(ibis.to_sql(expression, dialect="duckdb", pretty=False))


def lawful_together(of: Mapping[str, Policy] | None = None) -> frozenset[tuple[str, str]]:
    """Pairs of policies that the law lets one person or household have together, each pair both ways."""
    found: set[tuple[str, str]] = set()
    for policy in (of or policies()).values():
        for relation in policy.relations:
            if relation.kind == "together":
                found |= {
                    pair for other in relation.others for pair in ((policy.slug, other), (other, policy.slug))
                }
    return frozenset(found)
