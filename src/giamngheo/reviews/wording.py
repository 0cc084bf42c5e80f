"""The few words a review shows in public: a class, and its reason in one line at most."""

from django.utils.translation import gettext as _

from giamngheo.rules.standards import standards
from giamngheo.surveys.models import Klass, Verdict


def posted_reason(verdict: Verdict) -> str:
    """Why the household is of its class, in one line fit to be posted: never income, points, health or a member.

    What a posting may show is judgement where the law is silent (law of personal data): the branch of the rule and how
    many services are lacking, not which.
    """
    standard = standards()[verdict.standard]
    lacking = _("thiếu hụt %(n)s trên %(of)s chỉ số") % {
        "n": verdict.deprived or 0,
        "of": len(standard.indicators),
    }
    words = {
        Klass.POOR_INCOME: _("thu nhập dưới chuẩn nghèo; %(lacking)s"),
        Klass.POOR_DEPRIVATION: _("thu nhập dưới chuẩn cận nghèo, %(lacking)s"),
        Klass.POOR: _("thu nhập dưới chuẩn nghèo, %(lacking)s"),
        Klass.NEAR_POOR: _("thu nhập dưới chuẩn, %(lacking)s"),
    }
    return words.get(Klass(verdict.klass), _("trên chuẩn cận nghèo")) % {"lacking": lacking}
