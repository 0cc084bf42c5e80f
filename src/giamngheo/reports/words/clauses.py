"""The sections of the resolution: its targets and tasks under the numbers of their clauses, the outlook, what a person judges."""

from collections.abc import Iterator, Mapping, Sequence

from giamngheo.base.text import format_date
from giamngheo.measures.outlook import LEVEL, NoOutlook, Point, outlook
from giamngheo.reports.words.document import Picture, Section, Table
from giamngheo.reports.words.kinds import KINDS
from giamngheo.reports.words.sources import Book, Sources
from giamngheo.resolution.actuals import ORIGINS, Actual, leading
from giamngheo.resolution.clauses import CONFIDENCE, Clause, Resolution
from giamngheo.resolution.indicators import Indicator, indicators
from giamngheo.resolution.queries import TargetStanding, all_series, board
from giamngheo.resolution.sentences import STATES, asked, moved, shown
from giamngheo.resolution.standing import ORDER, State

HEADS = ("Chỉ tiêu", "Yêu cầu", "Số gần nhất", "Kỳ, nguồn", "So với lộ trình", "Đánh giá theo số")
TASKS = "Số liệu theo dõi ghi dưới từng mục của nghị quyết; việc đã làm do người lập báo cáo viết vào chỗ đánh dấu."
#: Clauses told of one by one where no target measures them.
TOLD = ("task", "solution", "assignment")


def targets(s: Sources, book: Book) -> list[Section]:
    """How the targets stand in all, then each under its clause: its figure, what is asked, the path and the standing."""
    held = board(s.resolution, s.unit, on=s.day, year=s.asked.last, seen_by=s.seen_by)
    if not held:
        return []
    made = [_counted(s, held, book)]
    for clause in s.resolution.walk():
        found = [held[t.id] for t in s.resolution.targets_of(clause.id) if t.id in held]
        if found:
            made.append(_clause(clause, found, book))
    return made


def _counted(s: Sources, held: Mapping[str, TargetStanding], book: Book) -> Section:
    states = [found.standing.state for found in held.values()]
    total = book.put("targets.all", "Số chỉ tiêu áp dụng cho đơn vị", "count", len(states), origin="computed")
    parts = [_state(state, states, book) for state in ORDER if state in states]
    texts = [f"Trong {total} chỉ tiêu: {'; '.join(parts)}."]
    late = [f.target.name.vi for f in held.values() if f.standing.state in (State.BEHIND, State.FAR_BEHIND)]
    texts += [f"Chậm so với lộ trình: {'; '.join(late)}."] if late else []
    texts.append(
        "“Đạt” hay “chậm” ở đây chỉ tính từ số liệu, theo lộ trình chia đều từ năm gốc đến năm cuối; đánh giá cuối cùng do người có thẩm quyền."
    )
    return Section("", f"Chỉ tiêu của {s.resolution.name.vi}", tuple(texts))


def _state(state: State, states: Sequence[State], book: Book) -> str:
    words = STATES[state].vi
    counted = book.put(
        f"targets.{state}", f"Số chỉ tiêu: {words}", "count", states.count(state), origin="computed"
    )
    return f"{counted} {words}"


def _clause(clause: Clause, found: Sequence[TargetStanding], book: Book) -> Section:
    rows = tuple(_row(one, book) for one in found)
    table = Table(f"Chỉ tiêu của mục {clause.place}", HEADS, rows)
    pictures = tuple(picture for one in found if (picture := _path(one, book)))
    blank = f"Nguyên nhân, trách nhiệm{_who(clause)} và việc phải làm tiếp đối với mục {clause.place}."
    return Section(clause.place, clause.name.vi, (_says(clause, book),), (table,), pictures, (blank,))


def _says(clause: Clause, book: Book) -> str:
    """What the clause says, in the house's short words; its numbers are the resolution's."""
    return book.put(
        f"clause.{clause.id}", f"Nội dung mục {clause.place}", "words", words=clause.says.vi, origin="law"
    )


def _who(clause: Clause) -> str:
    names = ", ".join(answer.body.name.vi for answer in clause.answers)
    return f" ({names})" if names else ""


def _row(found: TargetStanding, book: Book) -> tuple[str, ...]:
    target, last, key, name = found.target, found.last, f"target.{found.target.id}", found.target.name.vi
    state = STATES[found.standing.state].vi
    ask = book.put(f"{key}.asked", f"Yêu cầu: {name}", "words", words=asked(target), origin="law")
    if last is None:
        return name, ask, "–", "–", "–", state
    value = _figure(f"{key}.last", name, last, found.indicator, book)
    if target.asks.kind == "fall" and (pace := found.standing.pace) is not None:
        words = moved(pace, found.indicator)
        mean = book.put(
            f"{key}.pace", f"Bình quân mỗi năm: {name}", "words", pace, words=words, origin="computed"
        )
        value = f"{value}; {'giảm' if pace >= 0 else 'tăng'} bình quân {mean} mỗi năm"
    return name, ask, value, _whence(last), _distance(found, book), state


def _whence(one: Actual) -> str:
    """Of which period a figure is, where it comes from, and how sure a published one is."""
    sure = f" ({CONFIDENCE[one.confidence].vi})" if one.origin == "published" else ""
    return f"{one.span.words('vi')}, {ORIGINS[one.origin].vi}{sure}"


def _figure(key: str, name: str, one: Actual, indicator: Indicator, book: Book) -> str:
    return book.put(
        key, f"{name} ({one.span.words('vi')})", "words", one.value, words=shown(one.value, indicator),
        origin=one.origin, source=one.source.vi, confidence=one.confidence if one.origin == "published" else "",
    )  # fmt: skip


def _distance(found: TargetStanding, book: Book) -> str:
    """How far before or behind the path the last figure is."""
    ahead = found.standing.ahead
    if ahead is None:
        return "–"
    if abs(ahead) < 1e-9:
        return "đúng lộ trình"
    words = moved(ahead, found.indicator)
    name = f"Cách lộ trình: {found.target.name.vi}"
    key = f"target.{found.target.id}.ahead"
    return f"{'vượt' if ahead > 0 else 'kém'} {book.put(key, name, 'words', ahead, words=words, origin='computed')}"


def _path(found: TargetStanding, book: Book) -> Picture | None:
    """The path and the figures by year, of a share that is to be reached from a known base."""
    start = found.standing.path.start
    line = [a for a in found.line if a.comparable and a.span.kind == "year" and a.span.at >= start]
    if (
        found.indicator.unit != "percent"
        or found.base is None
        or (found.target.by_year and found.target.asks.kind != "fall")
        or len(line) < 3
    ):
        return None
    marks, key, name = [], f"target.{found.target.id}", found.target.name.vi
    for one in line:
        year = one.span.last.year
        share = book.put(f"{key}.{year}", f"{name}, {year}", "share", one.value / 100, origin=one.origin)
        marks.append(("Kết quả", year, share[1:-1]))
    for year in range(int(found.standing.path.start), int(found.standing.path.end) + 1):
        if (required := found.standing.path.required(float(year))) is not None:
            share = book.put(
                f"{key}.path.{year}", f"Lộ trình {name}, {year}", "share", required / 100, origin="computed"
            )
            marks.append(("Lộ trình phải đạt", year, share[1:-1]))
    return Picture("lines", f"{name}: kết quả và lộ trình", tuple(marks))


def tasks(s: Sources, book: Book) -> list[Section]:
    """Each task, solution and assignment with the figures that follow it; what was done a person writes."""
    told = [*_told(s.resolution)]
    wanted = {
        slug: indicators()[slug] for clause in told for part in clause.walk() for slug in part.indicators
    }
    series = all_series(s.resolution, wanted.values(), s.unit, on=s.day, seen_by=s.seen_by)
    made = [Section("", "Nhiệm vụ, giải pháp và tổ chức thực hiện", (TASKS,))]
    for clause in told:
        slugs = dict.fromkeys(slug for part in clause.walk() for slug in part.indicators)
        rows = tuple(row for slug in slugs if (row := _followed(wanted[slug], series.get(slug, ()), s, book)))
        heads = ("Số liệu theo dõi", "Số gần nhất", "Kỳ, nguồn")
        tables = (Table(f"Số liệu theo dõi mục {clause.place}", heads, rows),) if rows else ()
        blank = f"Kết quả thực hiện mục {clause.place}{_who(clause)}."
        made.append(Section(clause.place, clause.name.vi, (_says(clause, book),), tables, (), (blank,)))
    return made


def _told(resolution: Resolution) -> Iterator[Clause]:
    """The parts of each topmost clause of these kinds: of II.3, II.4 and III in the resolution that ships."""
    for clause in resolution.walk():
        above = resolution.above(clause.id)[:-1]
        if clause.kind in TOLD and not (above and above[-1].kind in TOLD):
            yield from clause.parts or (clause,)


def _followed(
    indicator: Indicator, every: Sequence[Actual], s: Sources, book: Book
) -> tuple[str, str, str] | None:
    line = [a for a in leading(every) if a.span.last.year <= s.asked.last]
    if not line:
        return None
    value = _figure(f"followed.{indicator.slug}", indicator.name.vi, line[-1], indicator, book)
    return indicator.name.vi, value, _whence(line[-1])


def ahead(s: Sources, book: Book) -> list[Section]:
    """The range in which the poor rate will lie in the last year of the resolution, where there is past enough."""
    if s.last is None or s.last.year >= s.resolution.last:
        return []
    own = [
        Point(s.unit.code, p.year, p.counts.poor_rate, p.counts.known)
        for p in s.points
        if p.counts.poor_rate is not None
    ]
    made = outlook(own, unit=s.unit.code, end=s.resolution.last)
    if isinstance(made, NoOutlook):
        return [Section("", "Triển vọng", (made.vi,))]
    low, high = made.interval()
    for key, name, value in (
        ("low", f"Tỷ lệ hộ nghèo {made.end}, mức thấp", low),
        ("high", f"Tỷ lệ hộ nghèo {made.end}, mức cao", high),
        ("level", "Khả năng nằm trong khoảng", LEVEL),
    ):
        book.put(f"ahead.{key}", name, "share", value, origin="computed")
    count = book.put(
        "ahead.changes", "Số lần thay đổi làm căn cứ dự báo", "count", made.changes, origin="computed"
    )
    texts = (
        f"Nếu các năm tới biến động như các năm qua, tỷ lệ hộ nghèo cuối năm {made.end} nằm từ {{ahead.low}} đến {{ahead.high}} với khả năng {{ahead.level}}.",
        f"Dự báo dựa vào {count} lần thay đổi giữa hai năm liền nhau của chính đơn vị; không tính đến chính sách mới hay chuẩn mới.",
    )
    return [Section("", "Triển vọng", texts)]


def judged(s: Sources, book: Book) -> list[Section]:
    """What no figure can say."""
    text = f"Số liệu từ sổ hộ lấy đến ngày {format_date(s.day)}."
    return [Section("", "Đánh giá chung", (text,), (), (), KINDS[s.asked.kind].blanks)]
