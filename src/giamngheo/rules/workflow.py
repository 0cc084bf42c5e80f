"""The steps of a review as one table: who may take which step from where to where, and which rule says so.

The table is the workflow: actions ask it, pages offer what it allows, and the diagram in the docs is drawn from it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from giamngheo.rules.errors import RulesError
from giamngheo.rules.procedures import Procedure
from giamngheo.rules.standards import Words

_HEAD, _OFFICER, _CHAIRMAN, _DISTRICT = (
    "village_head",
    "commune_officer",
    "commune_chairman",
    "district_officer",
)
_VILLAGE = frozenset({_HEAD, _OFFICER})
_COMMUNE = frozenset({_OFFICER})

#: What a step is called.
ACTIONS = {
    "finish_lists": Words("chốt danh sách rà soát", "finish the lists"),
    "convene": Words("mời họp thôn", "convene the village meeting"),
    "call_off": Words("hẹn họp lại", "call the meeting off"),
    "hold_meeting": Words("họp thôn", "hold the meeting"),
    "return_to_survey": Words("họp thôn", "hold the meeting"),
    "post": Words("niêm yết danh sách", "post the list"),
    "recheck": Words("gỡ niêm yết", "take the list down"),
    "end_posting": Words("gỡ niêm yết", "take the list down"),
    "finish_recheck": Words("kết thúc phúc tra", "finish the re-check"),
    "keep_as_posted": Words("kết thúc phúc tra", "finish the re-check"),
    "repost": Words("niêm yết lại", "post the list again"),
    "look_again": Words("xem lại theo ý kiến cấp trên", "look again as asked from above"),
    "send_to_district": Words("gửi lên huyện", "send to the district"),
    "answer": Words("trả lời của huyện", "the district's answer"),
    "send_back": Words("huyện đề nghị xem lại", "the district asks to look again"),
    "decide": Words("ra quyết định", "decide"),
    "report": Words("báo cáo lên trên", "report"),
    "correct": Words("ra quyết định sửa", "correct by another decision"),
}
#: What a state is called.
STATES = {
    "listing": Words("Lập danh sách", "Drawing up lists"),
    "surveying": Words("Thu thập thông tin", "Collecting information"),
    "meeting": Words("Họp thôn", "Village meeting"),
    "agreed": Words("Đã thống nhất, chờ niêm yết", "Agreed, to be posted"),
    "posting": Words("Đang niêm yết", "Posted"),
    "rechecking": Words("Đang phúc tra", "Re-check"),
    "reposting": Words("Chờ niêm yết lại", "To be posted again"),
    "ready": Words("Xong ở thôn", "Done in the village"),
    "gathering": Words("Đang làm ở thôn, bản", "In the villages"),
    "at_district": Words("Đang chờ huyện trả lời", "With the district"),
    "answered": Words("Huyện đã trả lời", "The district has answered"),
    "decided": Words("Đã có quyết định", "Decided"),
    "reported": Words("Đã báo cáo", "Reported"),
}


@dataclass(frozen=True)
class Transition:
    """One step: of a `village` or a `commune`, from a state to another, by these roles; `rule` names a part of the procedure.

    `with_district` is True or False where the step exists only with, or only without, a district level; else None.
    `clock` is the clock of the procedure that starts with the step.
    """

    of: str
    from_state: str
    action: str
    to_state: str
    who: frozenset[str]
    rule: str
    with_district: bool | None = None
    clock: str = ""


TRANSITIONS = (
    Transition("village", "listing", "finish_lists", "surveying", _VILLAGE, "lists"),
    Transition("village", "surveying", "convene", "meeting", _VILLAGE, "meeting"),
    Transition("village", "meeting", "call_off", "surveying", _VILLAGE, "meeting"),
    Transition("village", "meeting", "hold_meeting", "agreed", _VILLAGE, "meeting"),
    Transition("village", "meeting", "return_to_survey", "surveying", _VILLAGE, "meeting"),
    Transition("village", "agreed", "post", "posting", _COMMUNE, "posting", clock="posting"),
    Transition("village", "posting", "recheck", "rechecking", _COMMUNE, "recheck", clock="recheck"),
    Transition("village", "posting", "finish_recheck", "reposting", _COMMUNE, "recheck"),
    Transition("village", "posting", "end_posting", "ready", _COMMUNE, "posting"),
    Transition("village", "rechecking", "finish_recheck", "reposting", _COMMUNE, "recheck"),
    Transition("village", "rechecking", "keep_as_posted", "ready", _COMMUNE, "recheck"),
    Transition("village", "reposting", "repost", "posting", _COMMUNE, "reposting", clock="reposting"),
    Transition("village", "ready", "look_again", "surveying", _COMMUNE, "district_answer"),
    Transition(
        "commune",
        "gathering",
        "send_to_district",
        "at_district",
        _COMMUNE,
        "district_answer",
        True,
        "district_answer",
    ),
    Transition(
        "commune", "at_district", "answer", "answered", frozenset({_DISTRICT}), "district_answer", True
    ),
    Transition(
        "commune", "at_district", "send_back", "gathering", frozenset({_DISTRICT}), "district_answer", True
    ),
    Transition("commune", "answered", "decide", "decided", frozenset({_CHAIRMAN}), "decision", True),
    Transition("commune", "gathering", "decide", "decided", frozenset({_CHAIRMAN}), "decision", False),
    Transition("commune", "decided", "report", "reported", _COMMUNE, "decision"),
    Transition("commune", "decided", "correct", "decided", frozenset({_CHAIRMAN}), "decision"),
    Transition("commune", "reported", "correct", "reported", frozenset({_CHAIRMAN}), "decision"),
)


class WrongStepError(RulesError):
    """The step does not follow from where things stand."""

    vi = "Chưa làm được bước “{action_vi}” khi đang ở “{state_vi}” ({rule})."
    en = "“{action_en}” does not follow from “{state_en}” ({rule})."

    def __init__(self, action: str, state: str, rule: str) -> None:
        self.action_name, self.state_name, self.rule = ACTIONS[action], STATES[state], rule
        names = {"action_vi": ACTIONS[action].vi, "action_en": ACTIONS[action].en}
        super().__init__(**names, state_vi=STATES[state].vi, state_en=STATES[state].en, rule=rule)


class WrongRoleError(RulesError):
    """The step belongs to others."""

    vi = "Bước “{action_vi}” không thuộc vai trò này ({rule})."
    en = "“{action_en}” belongs to another role ({rule})."

    def __init__(self, action: str, who: frozenset[str], rule: str) -> None:
        self.action_name, self.who, self.rule = ACTIONS[action], who, rule
        super().__init__(action_vi=ACTIONS[action].vi, action_en=ACTIONS[action].en, rule=rule)


def transitions(procedure: Procedure) -> Iterator[Transition]:
    """The steps of one procedure."""
    for step in TRANSITIONS:
        if step.with_district in (None, procedure.has_district):
            yield step


def may(procedure: Procedure, of: str, state: str, action: str, role: str) -> Transition:
    """The step, if it follows from the state and is the role's. Raises WrongStepError, WrongRoleError."""
    steps = [t for t in transitions(procedure) if t.of == of and t.action == action]
    rule = procedure.rule_words(steps[0].rule if steps else "decision")
    found = [t for t in steps if t.from_state == state]
    if not found:
        raise WrongStepError(action, state, rule)
    if role not in found[0].who:
        raise WrongRoleError(action, found[0].who, rule)
    return found[0]


def next_actions(procedure: Procedure, of: str, state: str, role: str) -> list[Transition]:
    """The steps the role may take from a state."""
    return [t for t in transitions(procedure) if t.of == of and t.from_state == state and role in t.who]


def diagram(procedure: Procedure, language: str = "vi") -> str:
    """The steps as a Mermaid state diagram."""
    lines = ["stateDiagram-v2"]
    for of, first in (("village", "listing"), ("commune", "gathering")):
        lines.append(f"  state {of} {{")
        lines.append(f"    [*] --> {first}")
        for step in transitions(procedure):
            if step.of == of:
                lines.append(f"    {step.from_state} --> {step.to_state}: {ACTIONS[step.action](language)}")
        lines.append("  }")
    return "\n".join(lines)
