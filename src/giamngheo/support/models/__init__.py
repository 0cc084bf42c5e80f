"""What the support room stores: deliveries, workbooks of agencies, lists of the entitled, findings, plans of households."""

from giamngheo.support.models.deliveries import Agency, Delivery, Fate, LoanStanding
from giamngheo.support.models.findings import Finding, FindingSearch, Side, SupportTally
from giamngheo.support.models.intakes import Intake, IntakeProblem, IntakeRow, KnownAs
from giamngheo.support.models.lists import SupportLine, SupportList
from giamngheo.support.models.plans import Plan, PlanOutcome, PlanStep

__all__ = [
    "Agency",
    "Delivery",
    "Fate",
    "Finding",
    "FindingSearch",
    "Intake",
    "IntakeProblem",
    "IntakeRow",
    "KnownAs",
    "LoanStanding",
    "Plan",
    "PlanOutcome",
    "PlanStep",
    "Side",
    "SupportLine",
    "SupportList",
    "SupportTally",
]
