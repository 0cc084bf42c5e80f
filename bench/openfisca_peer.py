"""The same rule in OpenFisca-core, run as its own process by verdicts.py: prints seconds, then households by class.

OpenFisca-core is AGPL-3.0: a peer to measure against, imported nowhere else.
"""

import sys
import time

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

Household = build_entity(key="household", plural="households", label="Household", is_person=True)
MONTH = "2019-11"


def given(column: str, kind: type) -> type[Variable]:
    return type(
        column,
        (Variable,),
        {"value_type": kind, "entity": Household, "definition_period": DateUnit.MONTH, "label": column},
    )


class deprived(Variable):  # noqa: N801 - OpenFisca names variables so
    value_type = int
    entity = Household
    definition_period = DateUnit.MONTH
    label = "Indicators deprived"

    def formula(household, period):  # type: ignore[no-untyped-def]  # noqa: N805
        return sum(household(f"yes_{n}", period) * 1 for n in range(10))


class unknown(Variable):  # noqa: N801
    value_type = int
    entity = Household
    definition_period = DateUnit.MONTH
    label = "Indicators not known"

    def formula(household, period):  # type: ignore[no-untyped-def]  # noqa: N805
        return sum(household(f"null_{n}", period) * 1 for n in range(10))


class klass(Variable):  # noqa: N801
    value_type = int
    entity = Household
    definition_period = DateUnit.MONTH
    label = "0 income-poor, 1 deprivation-poor, 2 near-poor, 3 average, 4 none, 5 undetermined"

    def formula(household, period):  # type: ignore[no-untyped-def]  # noqa: N805
        income, urban = household("income", period), household("urban", period)
        d, u = household("deprived", period), household("unknown", period)
        between = np.select([d >= 3, d + u < 3], [1, 2], default=5)
        return np.select(
            [
                income <= np.where(urban, 900000, 700000),
                income <= np.where(urban, 1300000, 1000000),
                income <= np.where(urban, 1950000, 1500000),
            ],
            [0, between, 3],
            default=4,
        )


def main(path: str, households: int) -> None:
    system = TaxBenefitSystem([Household])
    inputs = [given("income", int), given("urban", bool)]
    inputs += [given(f"{kind}_{n}", bool) for n in range(10) for kind in ("yes", "null")]
    for variable in (*inputs, deprived, unknown, klass):
        system.add_variable(variable)
    began = time.perf_counter()
    table = pq.read_table(path).slice(0, households)
    simulation = SimulationBuilder().build_default_simulation(system, count=table.num_rows)
    columns = table.column_names
    simulation.set_input("income", MONTH, table.column("income_per_head").to_numpy())
    simulation.set_input("urban", MONTH, pc.equal(table.column("area_type"), "urban").to_numpy())
    for n, name in enumerate(columns[3:13]):
        tick = table.column(name)
        simulation.set_input(f"yes_{n}", MONTH, tick.fill_null(False).to_numpy())
        simulation.set_input(f"null_{n}", MONTH, tick.is_null().to_numpy())
    counts = np.bincount(simulation.calculate("klass", MONTH), minlength=6)
    print(time.perf_counter() - began, counts.tolist())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
