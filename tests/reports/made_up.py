"""The made-up people and letterheads of the samples."""

import datetime as dt
from typing import Any

from giamngheo.reports.papers.paper import Letterhead, Signature

DAY = dt.date(2021, 10, 15)
COMMUNE = Letterhead(issuer="Ủy ban nhân dân\nxã Nậm Mẫu", place="Nậm Mẫu", date=DAY)
CHAIRMAN = Signature(on_behalf="TM. Ủy ban nhân dân", title="Chủ tịch", name="Lò Văn Mẫu")
NAMES = (
    "Giàng A Páo",
    "Lò Thị Mẩy",
    "Vàng Seo Chứ",
    "Tao Văn Ín",
    "Lý Phù Chiệp",
    "Hoàng Thị Bướm Nguyễn Thị Phương Thảo",
)
CLASSES = ("poor_income", "poor_deprivation", "near_poor", "none", "average", "poor")
SECRET = "một bí mật để thử"
COMMON: dict[str, Any] = {"letterhead": COMMUNE, "made_on": DAY, "synthetic": True}
NUMBERED = Letterhead(issuer="Ủy ban nhân dân\nxã Nậm Mẫu", place="Nậm Mẫu", number="31/TB-UBND", date=DAY)
