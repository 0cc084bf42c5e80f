"""Laying millions of rows into tables at once: constraints and indexes are taken off, and put back over all rows.

Everything happens in one transaction. A constraint put back is checked over every row, so what would be refused row by
row is refused here too; nothing is left out but the time. Audit triggers are off meanwhile; the load leaves one event.
"""

import io
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from queue import Queue
from typing import TypeVar

import pyarrow as pa
import pyarrow.csv
from django.db.backends.utils import CursorWrapper
from django.db.utils import IntegrityError

from giamngheo.access.keys import HELD
from giamngheo.registry.periods import MEETING, PERIODS

T = TypeVar("T")

_CONSTRAINTS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = ANY (%s::regclass[]) AND contype IN ('f', 'u', 'x') ORDER BY contype = 'f', conrelid, conname
"""
_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i
WHERE indrelid = ANY (%s::regclass[]) AND NOT indisprimary
  AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.conrelid = i.indrelid)
ORDER BY indrelid, indexrelid
"""
_TRIGGERS = """
SELECT tgrelid::regclass::text, quote_ident(tgname) FROM pg_trigger
WHERE tgrelid = ANY (%s::regclass[]) AND NOT tgisinternal
"""
#: The words that a trigger keeps of each new name, for the search that forgives a typing error.
_WORDS = """
INSERT INTO registry_nameword
SELECT DISTINCT w.word FROM registry_person p, unnest(string_to_array(p.folded, ' ')) AS w (word)
ON CONFLICT DO NOTHING
"""


def bare(cursor: CursorWrapper, tables: Sequence[str]) -> Callable[[], None]:
    """These tables without foreign keys, unique and exclusion constraints, indexes and triggers.

    Gives the function that puts them back, to be called at the end, so that its time can be told.
    """
    names = list(tables)
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
    cursor.execute(_TRIGGERS, [names])
    triggers = cursor.fetchall()
    cursor.execute(_CONSTRAINTS, [names])
    constraints = cursor.fetchall()
    for table, trigger in triggers:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    for table, name, _definition in reversed(constraints):
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    cursor.execute(_INDEXES, [names])
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")

    def put_back() -> None:
        for _name, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in constraints:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        for table, trigger in triggers:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
        if "registry_person" in names:
            cursor.execute(_WORDS)
        _look_up_keys(cursor, names)
        for table in PERIODS.keys() & set(names):
            cursor.execute(MEETING.format(table=table, column=PERIODS[table]))
            if cursor.fetchone()[0]:
                raise IntegrityError(f"two periods of {table} in force at once")

    return put_back


def _look_up_keys(cursor: CursorWrapper, tables: list[str]) -> None:
    """The keys that a trigger looks up at each statement, over all rows. Raises IntegrityError."""
    cursor.execute(HELD, [tables])
    for table, column, named, key in cursor.fetchall():
        cursor.execute(
            f"SELECT {column} FROM {table} AS n WHERE {column} IS NOT NULL"  # noqa: S608
            f" AND NOT EXISTS (SELECT FROM {named} AS there WHERE there.{key} = n.{column}) LIMIT 1"
        )
        if missing := cursor.fetchone():
            raise IntegrityError(f"{table}.{column} = {missing[0]} names no row of {named}")


def copy(cursor: CursorWrapper, table: str, rows: pa.Table) -> int:
    """Lay rows into a table, columns by name; a column with `id` moves the table's counter on. How many."""
    columns = ", ".join(f'"{name}"' for name in rows.column_names)
    options = pa.csv.WriteOptions(include_header=False)
    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)") as into:
        for batch in rows.to_batches(max_chunksize=20_000):
            block = io.BytesIO()
            pa.csv.write_csv(batch, block, options)
            into.write(block.getbuffer())
    if "id" in rows.column_names:
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"  # noqa: S608
        )
    return int(rows.num_rows)


def ahead(things: Iterable[T]) -> Iterator[T]:
    """The same things, the next one made in another thread while the last is in use; its error is raised here."""
    waiting: Queue[tuple[T | None, BaseException | None, bool]] = Queue(maxsize=1)

    def make() -> None:
        try:
            for thing in things:
                waiting.put((thing, None, True))
            waiting.put((None, None, False))
        except BaseException as error:  # noqa: BLE001  (raised again by the reader)
            waiting.put((None, error, False))

    threading.Thread(target=make, daemon=True).start()
    while True:
        thing, error, more = waiting.get()
        if error:
            raise error
        if not more:
            return
        yield thing  # type: ignore[misc]
