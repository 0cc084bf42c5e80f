"""A small province written as files, for tests to bend: one district, three communes of which two merge."""

from pathlib import Path

ABOUT = """
code: "90"
name: Thử
begins: 2004-01-01
units: units.csv
successions: successions.csv
lists: lists
acts: {NQ 1: "nghị quyết sắp xếp"}
sources: {list: "danh mục"}
"""
UNITS = """code,level,kind,name,parent,valid_from,valid_to,area_km2,border,alt_names,act_from,act_to,source,confidence
# line 2 is a comment
90,1,tỉnh,Thử,,,,,,,,,list,high
901,2,huyện,Đông,90,,,100.5,,,,,list,high
9001,3,xã,Nậm Một,901,,2020-01-31,40,yes,,,NQ 1,list,high
9002,3,xã,Nậm Hai,901,2010-01-01,2020-01-31,60,no,Nậm 2|Nậm Hay,,NQ 1,list,medium
9002,3,xã,Nậm Mới,901,2020-02-01,,100,no,,NQ 1,,list,high
9003,3,thị trấn,Đông,901,,,0.5,no,,,,list,high
"""
SUCCESSIONS = """before,before_from,after,on,kind,act,source,confidence
9001,,9002,2020-02-01,whole,NQ 1,list,high
9002,2010-01-01,9002,2020-02-01,whole,NQ 1,list,high
"""
LIST = """
slug: border
name: {vi: Xã biên giới, en: Border communes}
legal_basis: NQ 1
source: danh mục
confidence: high
verified: false
complete: true
entries:
  - {from: 2016-01-01, codes: ["9001"]}
"""


def write(
    folder: Path, *, about: str = ABOUT, units: str = UNITS, successions: str = SUCCESSIONS, lists: str = LIST
) -> Path:
    (folder / "lists").mkdir(parents=True, exist_ok=True)
    (folder / "province.yaml").write_text(about, "utf-8")
    (folder / "units.csv").write_text(units, "utf-8")
    (folder / "successions.csv").write_text(successions, "utf-8")
    (folder / "lists" / "border.yaml").write_text(lists, "utf-8")
    return folder
