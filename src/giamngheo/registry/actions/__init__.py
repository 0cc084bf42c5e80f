"""What may be done to the register: each action one transaction, with its event, cause and person; nothing is lost."""

from giamngheo.registry.actions.corrections import (
    correct_person,
    correct_relation,
    correct_residence,
    read_id_number,
    restore,
)
from giamngheo.registry.actions.households import (
    merge_households,
    move_household,
    register_household,
    split_household,
)
from giamngheo.registry.actions.members import (
    change_head,
    member_moved_in,
    member_moved_out,
    record_birth,
    record_death,
)

__all__ = [
    "change_head",
    "correct_person",
    "correct_relation",
    "correct_residence",
    "member_moved_in",
    "member_moved_out",
    "merge_households",
    "move_household",
    "read_id_number",
    "record_birth",
    "record_death",
    "register_household",
    "restore",
    "split_household",
]
