"""How a page answers: whole, or, when htmx asks for a part, only one block of the same template."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.template.base import Template
from django.template.context import make_context
from django.template.loader_tags import BlockNode, ExtendsNode
from django.utils.cache import patch_vary_headers


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    fragment: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page, or the block named `fragment` alone when htmx asks for a part of it (not for the page's history)."""
    htmx = getattr(request, "htmx", None)
    if fragment and htmx and not htmx.boosted and not htmx.history_restore_request:
        text = render_block(request, template, fragment, context or {})
    else:
        text = loader.render_to_string(template, context, request)
    response = HttpResponse(text, status=status)
    if fragment:
        patch_vary_headers(response, ["HX-Request"])
    return response


def render_block(request: HttpRequest, template: str, block: str, context: dict[str, Any]) -> str:
    """One `{% block %}` of a template, with the same context as the page would have. KeyError if it has no such block."""
    compiled: Template = loader.get_template(template).template  # type: ignore[attr-defined]
    node = _blocks(compiled)[block]
    full = make_context(context, request, autoescape=True)
    with full.render_context.push_state(compiled), full.bind_template(compiled):
        return str(node.render(full))


def _blocks(template: Template) -> dict[str, BlockNode]:
    blocks: dict[str, BlockNode] = {}
    for node in template.nodelist:
        if isinstance(node, ExtendsNode):
            blocks.update(node.blocks)
    for node in template.nodelist.get_nodes_by_type(BlockNode):
        if isinstance(node, BlockNode):
            blocks.setdefault(node.name, node)
    return blocks
