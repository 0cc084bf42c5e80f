"""What a paper refuses to bear."""

from django.utils.translation import gettext as _


class PaperError(Exception):
    """A paper that may not be printed as asked."""


class PersonalNumberError(PaperError):
    """A text for public posting holds a run of digits as long as an id or telephone number."""

    def __init__(self, text: str) -> None:
        super().__init__(
            _("Niêm yết không được mang số giấy tờ hay số điện thoại; hãy bỏ dãy số trong “%(text)s”.")
            % {"text": text}
        )


class ReasonTooLongError(PaperError):
    """The reason of a posted line is more than one line."""

    def __init__(self, text: str, most: int) -> None:
        super().__init__(
            _("Lý do niêm yết chỉ một dòng, không quá %(most)s ký tự: “%(text)s”.")
            % {"text": text, "most": most}
        )
