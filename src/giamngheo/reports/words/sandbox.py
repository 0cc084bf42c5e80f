"""How far a template of somebody else may go: name fields, ask for conditions, go through lists; nothing else, and not for long."""

from collections.abc import Iterable, Iterator
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

#: Turns of all loops together, and letters of one part of the paper: a province's final report needs 3,000 and a million.
TURNS, LETTERS = 100_000, 30_000_000
FILTERS = ("upper", "lower", "capitalize", "length", "first", "last", "join", "e")
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.For, nodes.If, nodes.Name, nodes.Getattr, nodes.Getitem,
    nodes.Const, nodes.Filter, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr,
)  # fmt: skip


class TooMuchError(SecurityError):
    """The template goes through lists too often, or writes too much."""


class RefusedCommandError(SecurityError):
    """The template holds a command that is not allowed, in line `lineno` of its part."""

    def __init__(self, command: str, lineno: int) -> None:
        super().__init__(command)
        self.command, self.lineno = command, lineno


class _Measured(Template):
    """A template whose writing is cut off where it gets too long."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        parts, letters = [], 0
        try:
            for part in self.generate(*args, **kwargs):
                letters += len(part)
                if letters > LETTERS:
                    raise TooMuchError
                parts.append(part)
        except TemplateError as error:
            error.lineno = getattr(error, "lineno", None) or _line_of(error)  # type: ignore[attr-defined]
            raise
        return "".join(parts)


def _line_of(error: TemplateError) -> int | None:
    """The line of the template an error comes from: the last of its traceback that jinja wrote for the template."""
    trace, found = error.__traceback__, None
    while trace is not None:
        if "__jinja_exception__" in trace.tb_frame.f_globals:
            found = trace.tb_lineno
        trace = trace.tb_next
    return found


class Sandbox(ImmutableSandboxedEnvironment):
    """No calls, no assignments, no macros, no attributes of Python; every value is escaped; loops are counted."""

    template_class = _Measured

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in FILTERS} | {"counted": self._counted}
        self.left = TURNS

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Fields are keys, never attributes; of a loop its place may be asked."""
        return isinstance(obj, LoopContext) and attr in ("first", "last", "index")

    def _counted(self, items: Iterable[Any]) -> Iterator[Any]:
        for item in items:
            self.left -= 1
            if self.left < 0:
                raise TooMuchError
            yield item

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        for node in source.find_all(nodes.Node):
            if not isinstance(node, (*_ALLOWED, nodes.EvalContextModifier)):
                raise RefusedCommandError(type(node).__name__.lower(), node.lineno)
        for loop in list(source.find_all(nodes.For)):
            loop.iter = nodes.Filter(loop.iter, "counted", [], [], None, None, lineno=loop.lineno)
        source.set_environment(self)
        return super()._generate(source, *args, **kwargs)
