"""The register of the synthetic province as rows of the registry's tables: households, persons, where they lived, since when."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from giamngheo.demo.census import Ints
from giamngheo.demo.people import RELATIONS
from giamngheo.demo.province import Province
from giamngheo.registry.sealing import seal_many

#: Households are in the register from this day; a child born later is entered a month after its birth.
BEGAN = np.datetime64("2015-01-01")
TABLES = (
    "registry_household", "registry_person", "registry_lifeevent", "registry_residence", "registry_membership",
)  # fmt: skip


@dataclass(frozen=True)
class Ids:
    """Database ids of villages (by row of homes.village_code), households and persons."""

    village: Ints
    household: Ints
    person: Ints


def household_rows(province: Province, ids: Ids) -> pa.Table:
    homes = province.homes
    return pa.table(
        {
            "id": ids.household,
            "village_id": ids.village[homes.village],
            "local_code": local_codes(homes.village),
            "address": _blank(len(homes.size)),
            "moved": np.zeros(len(homes.size), dtype=bool),
        }
    )


def local_codes(village: Ints) -> NDArray[np.str_]:
    """The village's own number of each household: 001, 002, …, so the same codes stand in every village."""
    _, starts, counts = np.unique(village, return_index=True, return_counts=True)
    number = np.arange(len(village)) - np.repeat(starts, counts) + 1
    return np.char.zfill(number.astype(str), 3)


def person_rows(province: Province, ids: Ids) -> pa.Table:
    people = province.people
    sealed = seal_many(number or None for number in people.id_number.tolist())
    year = people.born.astype("datetime64[Y]").astype(int) + 1970
    return pa.table(
        {
            "id": ids.person,
            "full_name": people.name,
            "sex": np.where(people.female, "F", "M"),
            "birth_date": pa.array(people.born, mask=people.birth_known < 2),
            "birth_year": pa.array(year.astype(np.int16), mask=people.birth_known < 1),
            "ethnic": people.ethnic,
            "id_sealed": pa.array([_hex(one) for one, _index in sealed], pa.string()),
            "id_index": pa.array([_hex(index) for _one, index in sealed], pa.string()),
            "village_id": _village_of_person(province, ids),
            "household_id": ids.household[people.household],
            "relation": RELATIONS[people.relation],
            "known_from": _stamp(entered(province)),
        }
    )


def event_rows(province: Province, ids: Ids, first: int) -> tuple[pa.Table, Ints]:
    """Every household registered, every child born since; and the id of the event that put each person there."""
    people = province.people
    n = len(ids.household)
    born = np.flatnonzero(people.born > BEGAN)
    event = first + people.household
    event[born] = first + n + np.arange(len(born))
    none = np.full(n, -1)
    person = np.concatenate([none, ids.person[born]])
    on = np.concatenate([np.full(n, BEGAN), people.born[born]])
    return pa.table(
        {
            "id": first + np.arange(n + len(born)),
            "kind": np.repeat(["registered", "born"], [n, len(born)]),
            "on": pa.array(on),
            "household_id": np.concatenate([ids.household, ids.household[people.household[born]]]),
            "person_id": pa.array(person, mask=person < 0),
            "village_id": np.concatenate(
                [ids.village[province.homes.village], _village_of_person(province, ids)[born]]
            ),
            "reason": _blank(n + len(born)),
            "recorded_at": _stamp(np.concatenate([np.full(n, BEGAN), entered(province)[born]])),
        }
    ), event


def residence_rows(province: Province, ids: Ids, first_event: int) -> pa.Table:
    n = len(ids.household)
    return pa.table(
        {
            "household_id": ids.household,
            "village_id": ids.village[province.homes.village],
            "local_code": local_codes(province.homes.village),
            "period": np.full(n, f"[{BEGAN},)"),
            "event_id": first_event + np.arange(n),
            "recorded_at": _stamp(np.full(n, BEGAN)),
        }
    )


def membership_rows(province: Province, ids: Ids, event: Ints) -> pa.Table:
    people = province.people
    since = np.maximum(people.born, BEGAN)
    return pa.table(
        {
            "person_id": ids.person,
            "household_id": ids.household[people.household],
            "village_id": _village_of_person(province, ids),
            "relation": RELATIONS[people.relation],
            "period": np.char.add(np.char.add("[", since.astype(str)), ",)"),
            "event_id": event,
            "recorded_at": _stamp(entered(province)),
        }
    )


def entered(province: Province) -> NDArray[np.datetime64]:
    """The day each person came into the register."""
    born = province.people.born
    return np.where(born > BEGAN, born + np.timedelta64(30, "D"), BEGAN)


def _village_of_person(province: Province, ids: Ids) -> Ints:
    return ids.village[province.homes.village[province.people.household]]


def _stamp(days: NDArray[np.datetime64]) -> pa.Array:
    """Eight in the morning, Indochina time, of each day."""
    return pa.array(days.astype("datetime64[s]") + np.timedelta64(1, "h")).cast(pa.timestamp("s", "UTC"))


def _hex(raw: bytes | None) -> str | None:
    return None if raw is None else "\\x" + raw.hex()


def _blank(n: int) -> pa.Array:
    return pa.array([""] * n)
