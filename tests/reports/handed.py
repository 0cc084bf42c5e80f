"""Samples of the papers a household is handed: certificate, receipt, answer, sheet of its help."""

import datetime as dt
from typing import Any

from giamngheo.base.signing import sign
from giamngheo.reports.papers.certificates import Certificate, Certificates, Member, SignedCertificate
from giamngheo.reports.papers.help_sheet import HelpRow, HelpSheet, PlanRow, PlanSheet
from giamngheo.reports.papers.letter import Letter
from giamngheo.reports.papers.paper import Letterhead, Signature
from giamngheo.reports.papers.receipt import Receipt
from tests.reports.made_up import CHAIRMAN, COMMON, COMMUNE, DAY, NAMES, NUMBERED, SECRET


def certificate(n: int = 1, **changes: Any) -> Certificate:
    fields: dict[str, Any] = {
        "number": f"GCN-2022-{n:06}",
        "klass": "poor_income" if n % 2 else "near_poor",
        "year": 2022,
        "head_name": NAMES[n % len(NAMES)],
        "household_number": f"H{n:07}4",
        "village": "Bản Nậm Mẫu 1",
        "commune": "xã Nậm Mẫu",
        "commune_code": "03913",
        "decision_number": "45/QĐ-UBND",
        "decided_on": dt.date(2021, 12, 1),
        "members": (
            Member(name="Giàng Thị Sua", birth_year=1985),
            Member(name="Giàng A Tủa", birth_year=2012),
        )
        if n % 2
        else (),
    }
    return Certificate(**{**fields, **changes})


def certificates(count: int = 2, *, synthetic: bool = True) -> Certificates:
    made = [certificate(n) for n in range(1, count + 1)]
    return Certificates(
        letterhead=Letterhead(
            issuer="Ủy ban nhân dân\nxã Nậm Mẫu", place="Nậm Mẫu", date=dt.date(2022, 1, 4)
        ),
        made_on=dt.date(2022, 1, 4),
        synthetic=synthetic,
        signed=tuple(
            SignedCertificate(
                certificate=one, signature=sign(one.payload(synthetic=synthetic), secret=SECRET)
            )
            for one in made
        ),
        signature=CHAIRMAN,
        verify_at="https://giamngheo.example/xac-minh/",
    )


def receipt(**changes: Any) -> Receipt:
    fields = {
        **COMMON,
        "kind": "objection",
        "number": "YK-2021-0007",
        "from_name": "Lò Thị Mẩy",
        "received_on": dt.date(2021, 10, 19),
        "channel": "nộp tại trụ sở xã",
        "about": "Hộ tôi còn thiếu nước sạch, đề nghị xem lại.",
        "due_on": dt.date(2021, 10, 28),
        "limit": "7 ngày làm việc",
        "ask_at": "Ủy ban nhân dân xã Nậm Mẫu",
        "signature": Signature(title="Người tiếp nhận", name="Tao Văn Ín"),
    }
    return Receipt(**{**fields, **changes})


def letter(*, refused: bool = False, **changes: Any) -> Letter:
    fields = {
        **COMMON,
        "letterhead": NUMBERED,
        "kind": "join" if refused else "objection",
        "refused": refused,
        "to_name": "Lò Thị Mẩy",
        "to_place": "Bản Nậm Mẫu 1",
        "received_number": "YK-2021-0007",
        "received_on": dt.date(2021, 10, 19),
        "about": "hộ còn thiếu nước sạch, đề nghị xem lại.",
        "outcome": "Không công nhận hộ nghèo."
        if refused
        else "Sửa kết quả: hộ thiếu hụt thêm chỉ số nguồn nước sinh hoạt.",
        "reasons": (
            "Rà soát viên khác đã đến hộ ngày 21/10/2021.",
            "Nguồn nước của hộ là nước suối không được bảo vệ.",
        ),
        "appeal": "Nếu không đồng ý, ông (bà) có quyền khiếu nại đến Chủ tịch Ủy ban nhân dân xã theo quy định của pháp luật.",
        "recipients": ("Như trên", "Lưu: VT"),
        "signature": CHAIRMAN,
    }
    return Letter(**{**fields, **changes})


def help_sheet(rows: int = 3, **changes: Any) -> HelpSheet:
    fields: dict[str, Any] = {
        "letterhead": COMMUNE,
        "made_on": DAY,
        "synthetic": True,
        "household": "Hộ ông Giàng A Páo",
        "village": "Bản Nậm Mẫu 1",
        "day": DAY,
        "rights": ("Tiền 30 kWh điện mỗi tháng: được hưởng 55.000 đồng mỗi tháng.",),
        "given": tuple(
            HelpRow(name="Tiền điện", who="Cả hộ", what="165.000 đồng", given_on=DAY, by="UBND xã")
            for _ in range(rows)
        ),
        "total": 165_000 * rows,
        "missing": ("Bảo hiểm y tế: có trong danh sách nhưng chưa nhận",),
        "ask_at": "UBND xã Nậm Mẫu",
        "plan": PlanSheet(
            aim="Nuôi trâu sinh sản, cho con học hết lớp 12",
            companion="Chi hội Phụ nữ bản",
            until=dt.date(2023, 12, 31),
            steps=(
                PlanRow(
                    what="Dựng chuồng trâu",
                    who="Hộ tự làm",
                    condition="",
                    due_on=DAY,
                    outcome="Đã xong, 01/10/2021",
                ),
                PlanRow(
                    what="Vay 50 triệu đồng mua trâu",
                    who="Đề nghị hỗ trợ",
                    condition="học lớp chăn nuôi của xã",
                    due_on=dt.date(2022, 3, 31),
                    outcome="chưa có",
                ),
            ),
        ),
    }
    return HelpSheet(**{**fields, **changes})
