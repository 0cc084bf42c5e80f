"""Certificates of poor and near-poor households, one or a whole village's, each with a signed code.

The paper form of the law was not found; the certificate bears what it must to serve, and no id number.
"""

import datetime as dt
import json
import unicodedata
from dataclasses import dataclass
from typing import Any, ClassVar

from giamngheo.base.signing import code
from giamngheo.reports.papers.paper import Paper, Signature
from giamngheo.reports.typeset import qr
from giamngheo.rules.classes import NEAR_POOR, POOR_CLASSES

#: The first item of every signed text: its meaning is given by `Certificate.payload`.
VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Member:
    """A member as the certificate names them."""

    name: str
    birth_year: int | None = None


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """What one certificate says. `members` stays empty unless the commune's form asks for them."""

    number: str
    klass: str
    year: int
    head_name: str
    household_number: str
    village: str
    commune: str
    commune_code: str
    decision_number: str
    decided_on: dt.date
    members: tuple[Member, ...] = ()

    @property
    def kind(self) -> str:
        """'poor' or 'near_poor': a certificate knows no finer class. ValueError where there is nothing to certify."""
        if self.klass in POOR_CLASSES:
            return "poor"
        if self.klass == NEAR_POOR:
            return "near_poor"
        raise ValueError(f"no certificate for class {self.klass!r}")

    def payload(self, *, synthetic: bool) -> str:
        """The text that is signed and carried by the code: a JSON array, always spelled the same.

        In order: version, number, kind, year, head, household number, village, commune, code of the commune, number
        and day of the decision, 1 if the data is made up else 0. Members are not in it.
        """
        items = (
            *(
                VERSION,
                self.number,
                self.kind,
                self.year,
                self.head_name,
                self.household_number,
                self.village,
            ),
            *(
                self.commune,
                self.commune_code,
                self.decision_number,
                self.decided_on.isoformat(),
                int(synthetic),
            ),
        )
        return unicodedata.normalize("NFC", json.dumps(items, ensure_ascii=False, separators=(",", ":")))


@dataclass(frozen=True, kw_only=True)
class SignedCertificate:
    """A certificate and the signature over its payload (base.signing.sign)."""

    certificate: Certificate
    signature: str


@dataclass(frozen=True, kw_only=True)
class Certificates(Paper):
    """Certificates to be printed together, a page each. `verify_at` is the address of the page that checks them."""

    template: ClassVar[str] = "certificates.typ"

    signed: tuple[SignedCertificate, ...]
    signature: Signature
    verify_at: str

    @property
    def title(self) -> str:
        if len(self.signed) == 1:
            only = self.signed[0].certificate
            return f"{KINDS[only.kind]} {only.number} – {only.head_name}"
        return f"Giấy chứng nhận hộ nghèo, hộ cận nghèo: {len(self.signed)} giấy"

    def derived(self) -> dict[str, Any]:
        return {
            "signed": [
                {
                    **vars(one.certificate),
                    "heading": KINDS[one.certificate.kind],
                    "kind_words": KIND_WORDS[one.certificate.kind],
                    "qr": qr(self.address(one)),
                }
                for one in self.signed
            ],
        }

    def address(self, one: SignedCertificate) -> str:
        """What the QR opens: the code stands in the fragment, which a browser never sends to a server."""
        return f"{self.verify_at}#{code(one.certificate.payload(synthetic=self.synthetic), one.signature)}"


KINDS = {"poor": "Giấy chứng nhận hộ nghèo", "near_poor": "Giấy chứng nhận hộ cận nghèo"}
KIND_WORDS = {"poor": "hộ nghèo", "near_poor": "hộ cận nghèo"}
