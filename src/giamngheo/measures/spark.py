"""Spark as an engine of the measures and rules: what its grammar and its sessions want beside the expression.

Only the rows of the answer come to the driver, and those of a frame that is written where it lies do not.
"""

from typing import Any

import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
from sqlglot import exp


def rows(expression: ir.Table) -> pa.Table:
    """The rows of an expression, of its own types."""
    return frame(expression).toArrow().cast(expression.schema().to_pyarrow())


def frame(expression: ir.Table) -> Any:
    """The expression as a frame of Spark; small tables of ours in it (the law) become views of the session."""
    backend = expression.get_backend()
    for held in expression.op().find(ops.InMemoryTable):
        # Ibis would hand them over by way of pandas, where nulls become NaN
        given = backend._session.createDataFrame(held.data.to_pyarrow(held.schema))
        given.createOrReplaceTempView(held.name)
    query = backend.compiler.to_sqlglot(expression)
    for test in query.find_all(exp.Is):
        # `a IN (…) IS NULL` is no Spark SQL
        if isinstance(test.this, exp.Predicate | exp.Not):
            test.set("this", exp.paren(test.this, copy=False))
    return backend.raw_sql(query)
