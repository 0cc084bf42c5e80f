"""PostgreSQL as an engine of the measures: there truth is only a 32-bit number and a sum of whole numbers a decimal.

Read only; the rows stay on the server.
"""

from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import psycopg
import pyarrow as pa
from ibis.backends.sql.compilers.postgres import PostgresCompiler


class _Compiler(PostgresCompiler):  # type: ignore[misc]  # untyped in Ibis
    """Casts where PostgreSQL's types are not those of the expression."""

    def visit_Cast(self, op: Any, *, arg: Any, to: Any) -> Any:  # noqa: N802  # Ibis' own names
        if op.arg.dtype.is_boolean() and to.is_numeric():
            arg = self.cast(arg, dt.int32)
        return super().visit_Cast(op, arg=arg, to=to)

    def visit_Sum(self, op: Any, *, arg: Any, where: Any) -> Any:  # noqa: N802
        made = super().visit_Sum(op, arg=arg, where=where)
        return self.cast(made, op.dtype) if op.dtype.is_integer() else made

    def visit_WindowFunction(self, op: Any, *, how: Any, func: Any, **over: Any) -> Any:  # noqa: N802
        summed = type(op.func).__name__ == "Sum" and op.dtype.is_integer()
        made = super().visit_WindowFunction(op, how=how, func=func.this if summed else func, **over)
        return self.cast(made, op.dtype) if summed else made


def connected(address: str) -> ibis.BaseBackend:
    """The engine behind an address. Raises psycopg.Error."""
    connection = psycopg.connect(address, autocommit=True)
    connection.execute("SET default_transaction_read_only = on")
    backend = ibis.postgres.from_connection(connection)
    backend.compiler = _Compiler()
    return backend


def rows(expression: ir.Table) -> pa.Table:
    """Its sums of 64-bit numbers are decimals, whatever type the expression says; here they become what it says."""
    backend = expression.get_backend()
    with backend.con.transaction(), backend.con.cursor() as cursor:
        found = cursor.execute(backend.compile(expression)).fetchall()
    made = {}
    for place, (name, kind) in enumerate(expression.schema().items()):
        whole: Any = int if kind.is_integer() else float if kind.is_floating() else None
        values = [row[place] for row in found]
        told = [None if v is None else whole(v) for v in values] if whole else values
        made[name] = pa.array(told, kind.to_pyarrow())
    return pa.table(made)
