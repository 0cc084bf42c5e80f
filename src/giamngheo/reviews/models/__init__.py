"""What a review leaves behind, from the first list to the certificate; nothing here is ever overwritten."""

from giamngheo.reviews.models.decisions import (
    Certificate,
    Decision,
    DecisionLine,
    Listed,
    Opinion,
    Outcome,
    Recognition,
)
from giamngheo.reviews.models.dossiers import (
    Attachment,
    Case,
    CommuneReview,
    Request,
    Step,
    VillageReview,
)
from giamngheo.reviews.models.meetings import Attendance, Capacity, Interest, Meeting, Vote
from giamngheo.reviews.models.postings import Objection, Posting, PostingLine

__all__ = [
    "Attachment",
    "Attendance",
    "Capacity",
    "Case",
    "Certificate",
    "CommuneReview",
    "Decision",
    "DecisionLine",
    "Interest",
    "Listed",
    "Meeting",
    "Objection",
    "Opinion",
    "Outcome",
    "Posting",
    "PostingLine",
    "Recognition",
    "Request",
    "Step",
    "VillageReview",
    "Vote",
]
