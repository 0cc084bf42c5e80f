"""Sentences of what happened to a household, and of how it stands to others."""

from typing import Any

from django.utils.translation import gettext as _

from giamngheo.base.text import format_date
from giamngheo.registry.models import LifeEvent, Person, Sex
from giamngheo.registry.queries import Kin

Kind = LifeEvent.Kind


def household_title(head: Person | None, number: str) -> str:
    """'Hộ ông Giàng A Páo', 'Hộ bà …', or by the number where nobody is head any more."""
    if head is None:
        return _("Hộ số %(number)s") % {"number": number}
    words = {Sex.MALE.value: _("Hộ ông %(name)s"), Sex.FEMALE.value: _("Hộ bà %(name)s")}
    return words.get(head.sex, _("Hộ %(name)s")) % {"name": head.full_name}


def event_sentence(event: LifeEvent) -> str:
    """What happened, in one sentence, with the reason told."""
    words = _SENTENCES.get(Kind(event.kind), _plain)(event)
    return f"{words} ({event.reason})" if event.reason else words


def _plain(event: LifeEvent) -> str:
    label: str = event.get_kind_display()
    return f"{label}: {_who(event)}" if event.person else label


def _who(event: LifeEvent) -> str:
    return event.person.full_name if event.person else ""


def _born(event: LifeEvent) -> str:
    return _("%(name)s sinh ra") % {"name": _who(event)}


def _died(event: LifeEvent) -> str:
    return _("%(name)s mất") % {"name": _who(event)}


def _moved(event: LifeEvent) -> str:
    before, after = event.before or {}, event.after or {}
    if not event.person_id and not event.person:
        place = {"from": before.get("village", ""), "to": after.get("village", "")}
        return _("Cả hộ chuyển từ %(from)s đến %(to)s") % place
    other = after.get("household") if event.kind == Kind.MOVED_OUT else before.get("household")
    if event.kind == Kind.MOVED_OUT:
        words = _("%(name)s chuyển đi sang hộ %(household)s") if other else _("%(name)s chuyển đi")
    else:
        words = _("%(name)s chuyển đến từ hộ %(household)s") if other else _("%(name)s chuyển đến")
    return words % {"name": _who(event), "household": other}


def _split(event: LifeEvent) -> str:
    after = event.after or {}
    if "from" in after:
        return _("Tách ra từ hộ %(number)s") % {"number": after["from"]}
    return _("Một số người tách ra thành hộ %(number)s") % {"number": after.get("new", "")}


def _merged(event: LifeEvent) -> str:
    after = event.after or {}
    if "from" in after:
        return _("Hộ %(number)s nhập vào hộ này") % {"number": after["from"]}
    return _("Nhập vào hộ %(number)s; hộ này hết") % {"number": after.get("into", "")}


def _head_changed(event: LifeEvent) -> str:
    return _("%(name)s trở thành chủ hộ") % {"name": _who(event)}


def _corrected(event: LifeEvent) -> str:
    whose = _who(event) or _("nơi ở của hộ")
    changes = "; ".join(_change(name, event) for name in (event.after or {}) | (event.before or {}))
    return _("Đính chính %(whose)s: %(changes)s") % {"whose": whose, "changes": changes}


def _change(name: str, event: LifeEvent) -> str:
    before, after = (event.before or {}).get(name), (event.after or {}).get(name)
    return f"{field_name(name)} {_shown(before)} → {_shown(after)}"


def _shown(value: Any) -> str:
    return "–" if value in (None, "") else str(value)


def _restored(event: LifeEvent) -> str:
    before = event.before or {}
    kind = Kind(before["kind"]).label if before.get("kind") in Kind.values else ""
    return _("Huỷ việc đã ghi: %(kind)s %(name)s") % {"kind": kind, "name": _who(event)}


_SENTENCES = {
    Kind.BORN: _born,
    Kind.DIED: _died,
    Kind.MOVED_IN: _moved,
    Kind.MOVED_OUT: _moved,
    Kind.SPLIT: _split,
    Kind.MERGED: _merged,
    Kind.HEAD_CHANGED: _head_changed,
    Kind.CORRECTED: _corrected,
    Kind.RESTORED: _restored,
}


def field_name(name: str) -> str:
    """The word for a field that a correction changed."""
    words = {
        "full_name": _("họ tên"),
        "sex": _("giới tính"),
        "birth_date": _("ngày sinh"),
        "birth_year": _("năm sinh"),
        "ethnic": _("dân tộc"),
        "id_number": _("số giấy tờ"),
        "relation": _("quan hệ với chủ hộ"),
        "village": _("thôn, bản"),
        "local_code": _("mã của thôn"),
        "since": _("ở từ ngày"),
        "address": _("địa chỉ"),
        "died_on": _("ngày mất"),
    }
    return words.get(name, name)


def kin_sentence(kin: Kin) -> str:
    """How the household came from, or went into, another."""
    words = {
        "split_from": _("Tách từ hộ"),
        "split_off": _("Đã tách ra hộ"),
        "merged_from": _("Đã nhận nhập hộ"),
        "merged_into": _("Đã nhập vào hộ"),
    }
    return f"{words[kin.how]} ({format_date(kin.on)})"
