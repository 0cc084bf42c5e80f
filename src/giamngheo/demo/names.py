"""Made-up names: of people by the tradition of their group, of villages by commune. No list of real persons was used."""

from typing import TypeAlias

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from giamngheo.demo.census import Bools, Ints

Texts: TypeAlias = NDArray[np.str_]

#: Surnames, then middle and given names of men, then of women.
TRADITIONS: dict[str, tuple[str, str, str, str, str]] = {
    "01": (
        "Nguyễn Trần Lê Phạm Hoàng Vũ Đặng Bùi Đỗ Hồ Ngô Dương Phan Đoàn Mai",
        "Văn Đức Quang Minh Xuân Hữu Đình Mạnh",
        "An Bình Cường Dũng Hải Hùng Hưng Khánh Long Nam Phong Quân Sơn Thành Thắng Tiến Trung Tuấn Vinh Đạt",
        "Thị Thu Thanh Ngọc Phương Bích Kim Hồng",
        "Anh Chi Dung Hà Hạnh Hiền Hoa Huệ Hương Lan Linh Mai Nga Nhung Oanh Phượng Thảo Thủy Trang Yến",
    ),
    "03": (
        "Lò Hà Lường Cầm Quàng Tòng Lèo Vàng Đèo Mào Nùng Khoàng Tao Điêu Hoàng",
        "Văn Văn Văn Quốc Ngọc",
        "Ánh Biên Bun Chiêu Chựa Dọn Hặc Hom Inh Khặt Kiêm Lả Ngoan Ơn Panh Păn Phanh Pọm Sương Thiên Thoong Ún",
        "Thị Thị Thị Thị Kim",
        "Ban Biên Chom Diên Ẻn Hao Hặc Lả Ngơi Nguyễn Pâng Phiêng Phượng Pỏm Son Thiên Thoi Xiên Ún Yêu",
    ),
    "08": (
        "Giàng Vàng Sùng Thào Lý Mùa Hạng Cứ Chang Ma Lầu Tráng Vừ Hảng Hờ",
        "A A A A Seo",
        "Chính Chu Chứ Dế Dình Do Dơ Khua Lềnh Lử Náng Páo Phình Sà Sính Súa Tủa Vảng Vừ Xà",
        "Thị Thị Thị",
        "Chớ Chư Cở Dở Dợ Dua Gấu Ka Mảy Mỷ Nhìa Pà Pàng Say Sú Sua Vá Xay Xía Ý",
    ),
    "09": (
        "Tẩn Chẻo Phàn Lý Triệu Bàn Đặng Phùng Vàng Hoàng Tán Liều",
        "A Láo Phù San Vần Chỉn Duần Dào",
        "Cấu Chiêu Chiếu Dất Hin Kinh Lở Lụ Mìn Nhàn Phạ Quang Sài San Sểnh Siệu Tả Tỉn U Vảng",
        "Lở Mý Sử San Tả Thị U",
        "Mẩy Mẩy Mán Sểnh Cói Diện Dất Lai Liều Lụa Mụi Nái Nhàn Pham Phẩy Quyên Sai Tình",
    ),
    "35": (
        "Lỳ Pờ Chu Vàng Ky Khoàng Sừng Toán Phùng Mạ Phản Giàng",
        "Chà Hừ Gạ Gó Xè Lò Ha Giá Mỳ Chừ",
        "Hừ Lòng Po Xá Chừ Dì Gia Ky Ma Nhù Sơn Phạ Cà Ga",
        "Mý Gó Gừ Xó Pé Ló Mé Thó Go",
        "Xó De Mé Nu Chừ Sơ Phứ Be Lé Gố No Du",
    ),
    "41": (
        "Ly Phàn Vàng Giàng Pờ Thàng Lò Tò Ma",
        "Phí Xè Lò Gó Ha Cà Hừ Mò Xá",
        "Hừ Xá Xè Phu Lòng De Cà Nu Phạ Mò Lóng",
        "Mý Gó Nu Lò Mé Phí Xó",
        "Xó De Ló Nu Pư Lé Mé Hừ Gừ Đé",
    ),
    "45": (
        "Lò Chìn Pàn Sìn Tào Lùng Vàng Khoàng Thàng",
        "Văn Văn A Me Hồ",
        "Páo Chài Cang Đao Hang Hiêng Mạ Nam Phong Sơn Tài Tương Xuân Pín",
        "Thị Thị Me Hà",
        "Chài Hiêng Đàm Đao Lem Ngân Oi Pin Sương Tình Xen Pành",
    ),
}
#: Whose names follow another group's tradition.
LIKE = {"02": "01", "06": "01", "07": "01", "04": "09", "25": "03", "29": "03", "33": "03", "37": "03", "42": "03",
        "48": "35", "50": "35"}  # fmt: skip

_FIRST = [
    "Nậm",
    "Huổi",
    "Nà",
    "Pá",
    "Tả",
    "Phiêng",
    "Pa",
    "Hua",
    "Chu",
    "Sìn",
    "Can",
    "Bản",
    "Lùng",
    "Háng",
    "Chăn",
    "Mường",
    "Pu",
    "Thèn",
    "Ma",
    "Nong",
    "Ho",
    "Sen",
    "Phìn",
    "Ngài",
]
_SECOND = [
    "Lằn",
    "Sảng",
    "Cái",
    "Mạ",
    "Dào",
    "Khương",
    "Pắt",
    "Nưa",
    "Tở",
    "Chải",
    "Lìa",
    "Vai",
    "Hồ",
    "Mu",
    "Sung",
    "Lỏng",
    "Pha",
    "Củng",
    "Ngà",
    "Cuông",
    "Xá",
    "Phát",
    "Hin",
    "Van",
    "Sang",
    "Pồ",
    "Tủm",
    "Lay",
    "Chà",
    "Sin",
    "Ban",
    "Mít",
    "Thàng",
    "Đanh",
    "Cha",
    "Khém",
    "Luông",
    "Ún",
    "Đon",
    "Chí",
]


def person_names(ethnic: Texts, female: Bools, surname: Ints, rng: Generator) -> Texts:
    """A full name each; `surname` is any number, equal for those who bear one surname (children and their father)."""
    names: NDArray[np.object_] = np.empty(len(ethnic), dtype=object)
    draw = rng.integers(0, 1 << 30, (len(ethnic), 2))
    for code in np.unique(ethnic):
        families, *words = (part.split() for part in TRADITIONS[LIKE.get(str(code), str(code))])
        for is_female in (False, True):
            at = np.flatnonzero((ethnic == code) & (female == is_female))
            middle, given = (np.array(w, dtype=object) for w in (words[2:] if is_female else words[:2]))
            family = np.array(families, dtype=object)[_favoured(surname[at], len(families))]
            names[at] = (
                family + " " + middle[draw[at, 0] % len(middle)] + " " + given[draw[at, 1] % len(given)]
            )
    return names.astype(np.str_)


def _favoured(number: Ints, among: int) -> Ints:
    """A surname of the list, the first ones oftener, as a few clans are large."""
    part = (number % 10_007) / 10_007
    return (part**1.5 * among).astype(np.int64)


def village_names(commune: Ints, urban: Bools, rng: Generator) -> Texts:
    """'Tổ dân phố 3' in towns; 'Bản Nậm Lằn', 'Thôn Pá Sung' elsewhere, none twice in a commune."""
    names: list[str] = []
    for number in np.unique(commune):
        count = int((commune == number).sum())
        if urban[commune == number][0]:
            names += [f"Tổ dân phố {n}" for n in range(1, count + 1)]
            continue
        kind = "Thôn" if rng.random() < 0.12 else "Bản"
        picked = rng.choice(len(_FIRST) * len(_SECOND), count, replace=False)
        names += [f"{kind} {_FIRST[p // len(_SECOND)]} {_SECOND[p % len(_SECOND)]}" for p in picked]
    return np.array(names)
