"""The rules of class, one function for each wording of the law, and what lies near a class.

Bands: 0 at or below the lower line, 1 up to the upper line, 2 up to the average, 3 above; null not known. `enough`: as
many deprivations as the law asks for: true, false, or null where the indicators not known could decide either way.
"""

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

POOR_INCOME, POOR_DEPRIVATION, POOR = "poor_income", "poor_deprivation", "poor"
NEAR_POOR, AVERAGE, NONE, UNDETERMINED = "near_poor", "average", "none", "undetermined"
CLASSES = (POOR_INCOME, POOR_DEPRIVATION, POOR, NEAR_POOR, AVERAGE, NONE, UNDETERMINED)
POOR_CLASSES = frozenset({POOR_INCOME, POOR_DEPRIVATION, POOR})

#: How near a line is near, in per cent of the line. Ours, to list households worth a second look; not law.
NEAR_PERCENT = 5


def poor_by_income_or_by_deprivations_between_lines(
    band: ir.IntegerValue, enough: ir.BooleanValue
) -> ir.StringValue:
    """QĐ 59/2015 Art. 2: poor at or below the lower line, or up to the upper line with enough deprivations."""
    return ibis.cases(
        (band == 0, POOR_INCOME),
        ((band == 1) & enough, POOR_DEPRIVATION),
        ((band == 1) & ~enough, NEAR_POOR),
        (band == 2, AVERAGE),
        (band == 3, NONE),
        else_=UNDETERMINED,
    )


def poor_by_income_and_deprivations(band: ir.IntegerValue, enough: ir.BooleanValue) -> ir.StringValue:
    """NĐ 07/2021 Art. 3: poor at or below the line with enough deprivations; with fewer, near-poor."""
    return ibis.cases(
        ((band == 0) & enough, POOR),
        ((band == 0) & ~enough, NEAR_POOR),
        (band == 2, AVERAGE),
        (band == 3, NONE),
        else_=UNDETERMINED,
    )


CLASS_RULES: dict[str, Callable[[ir.IntegerValue, ir.BooleanValue], ir.StringValue]] = {
    rule.__name__: rule
    for rule in (poor_by_income_or_by_deprivations_between_lines, poor_by_income_and_deprivations)
}
#: The band in which the number of deprivations decides, by class rule.
DECIDING_BAND = {
    poor_by_income_or_by_deprivations_between_lines.__name__: 1,
    poor_by_income_and_deprivations.__name__: 0,
}

#: The rules that tell poor by income from poor by deprivation.
TWO_KINDS = frozenset({poor_by_income_or_by_deprivations_between_lines.__name__})

#: The same rules as a sentence, (Vietnamese, English); {n} is the number of deprivations the law asks for.
CLASS_WORDS: dict[str, tuple[str, str]] = {
    poor_by_income_or_by_deprivations_between_lines.__name__: (
        "Hộ nghèo: thu nhập từ mức thứ nhất trở xuống; hoặc trên mức ấy đến mức thứ hai và thiếu hụt từ {n} chỉ số trở lên. "
        "Hộ cận nghèo: giữa hai mức và thiếu hụt dưới {n} chỉ số. Hộ có mức sống trung bình: trên mức thứ hai đến mức thứ ba.",
        "Poor: income at or below the first line; or above it up to the second, with {n} deprivations or more. "
        "Near-poor: between the two with fewer than {n}. Average living standard: above the second line up to the third.",
    ),
    poor_by_income_and_deprivations.__name__: (
        "Hộ nghèo: thu nhập từ mức thứ nhất trở xuống và thiếu hụt từ {n} chỉ số trở lên. Hộ cận nghèo: thu nhập từ mức ấy "
        "trở xuống và thiếu hụt dưới {n} chỉ số. Hộ có mức sống trung bình: trên mức thứ nhất đến mức trung bình.",
        "Poor: income at or below the first line and {n} deprivations or more. Near-poor: the same income with fewer than "
        "{n}. Average living standard: above the first line up to the average.",
    ),
}
