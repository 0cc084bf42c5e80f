"""How a page names the ground of a rule: act, article, confidence, the sources that were read."""

from collections.abc import Mapping

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from giamngheo.rules.classes import CLASS_WORDS
from giamngheo.rules.standards import Citation, Standard
from giamngheo.web.templatetags.pieces import confidence

register = template.Library()


@register.simple_tag
def citation(ground: Citation, sources: Mapping[str, Mapping[str, str]], language: str) -> SafeString:
    """`{% citation row.citation sources language %}`: "QĐ 59/2015/QĐ-TTg, Điều 2", its confidence, where it was read."""
    act = f"{ground.act}, {ground.article}" if ground.article else ground.act
    read = format_html_join(
        "; ", "{}", ((_source(sources.get(key, {}), key, language),) for key in ground.source)
    )
    note = format_html("<br><small>{}</small>", ground.note(language)) if ground.note else ""
    mark = confidence(ground.confidence, ground.verified)
    return format_html("{}<br>{}<br><small>{}</small>{}", act, mark, read, note)


@register.simple_tag
def class_rule(standard: Standard, language: str) -> str:
    """`{% class_rule standard language %}`: how the standard sorts households into classes, in a sentence."""
    words = CLASS_WORDS[standard.rule][language == "en"]
    return words.format(n=standard.deprived_at_least.value)


def _source(source: Mapping[str, str], key: str, language: str) -> SafeString:
    words = source.get(language) or source.get("vi", key)
    if not source.get("url"):
        return format_html("{}", words)
    return format_html('<a href="{}" rel="noreferrer nofollow">{}</a>', source["url"], words)
