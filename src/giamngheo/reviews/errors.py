"""Refusals of the reviews room; each names the rule and says what to do."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop


class ReviewError(Exception):
    """A step of a review that is refused; the message is a sentence for the person who tried it."""

    sentence = ""

    def __init__(self, **details: object) -> None:
        shown = {k: date_format(v, "d/m/Y") if isinstance(v, date) else v for k, v in details.items()}
        super().__init__(_(self.sentence) % shown)


class NotYourStepError(ReviewError):
    sentence = gettext_noop(
        "Bước “%(step)s” do %(who)s làm (%(rule)s); vai trò của anh/chị không làm được bước này."
    )


class WrongStepError(ReviewError):
    sentence = gettext_noop("Chưa làm được bước “%(step)s”: %(place)s đang ở bước “%(state)s” (%(rule)s).")


class OutsideWindowError(ReviewError):
    sentence = gettext_noop(
        "Rà soát định kỳ diễn ra từ %(opens)s đến %(closes)s (%(rule)s); ngày %(on)s ở ngoài thời gian đó."
    )


class NoProcedureThenError(ReviewError):
    sentence = gettext_noop("Không có quy trình rà soát nào có hiệu lực ngày %(on)s.")


class RoundClosedError(ReviewError):
    sentence = gettext_noop(
        "“%(round)s” đã đóng; muốn sửa, đề nghị tỉnh mở lại đợt có lý do, rồi ra quyết định khác."
    )


class OutsideAreaError(ReviewError):
    sentence = gettext_noop("Không có địa bàn này trong phạm vi của anh/chị.")


class FutureDayError(ReviewError):
    sentence = gettext_noop("Ngày %(on)s chưa tới; hãy ghi ngày việc đã diễn ra.")


# --- lists ----------------------------------------------------------------------------------------------------------


class AlreadyListedError(ReviewError):
    sentence = gettext_noop("Hộ %(number)s đã có trong danh sách rà soát của đợt này.")


class QuickFormSaysNoError(ReviewError):
    sentence = gettext_noop(
        "Phiếu A có %(ticks)s mục được đánh dấu, quá %(most)s mục thì hộ được coi là không nghèo (%(rule)s). "
        "Nếu vẫn thấy cần rà soát, hãy ghi lý do."
    )


class ReasonNeededError(ReviewError):
    sentence = gettext_noop("Hãy ghi lý do.")


class UnknownTickError(ReviewError):
    sentence = gettext_noop("Phiếu A không có mục “%(item)s”.")


class NothingListedError(ReviewError):
    sentence = gettext_noop(
        "Thôn, bản %(village)s chưa có hộ nào trong danh sách; nếu đúng là không có, hãy đánh dấu vào ô xác nhận."
    )


# --- the meeting ----------------------------------------------------------------------------------------------------


class NotSurveyedError(ReviewError):
    sentence = gettext_noop(
        "Còn %(count)s hộ chưa có kết quả hoặc chưa xác định được (ví dụ: %(example)s). "
        "Chỉ họp thôn khi mọi hộ trong danh sách đã thu thập đủ thông tin (%(rule)s)."
    )


class MeetingBeforeNoticeError(ReviewError):
    sentence = gettext_noop("Ngày họp %(meets)s sớm hơn ngày mời họp %(notice)s.")


class MeetingNotYetError(ReviewError):
    sentence = gettext_noop("Cuộc họp hẹn lúc %(meets)s; chưa tới giờ họp thì chưa ghi biên bản được.")


class WhoWasThereError(ReviewError):
    sentence = gettext_noop("Biên bản phải ghi %(what)s.")


class NoQuorumError(ReviewError):
    sentence = gettext_noop("Có %(present)s người dự, chưa đủ %(needed)s (%(rule)s); hãy mời họp lại.")


class VoteMissingError(ReviewError):
    sentence = gettext_noop("Còn %(count)s hộ chưa ghi số người đồng ý (ví dụ: %(example)s).")


class VotesAbovePresentError(ReviewError):
    sentence = gettext_noop(
        "Hộ %(head)s: %(agree)s đồng ý và %(disagree)s không đồng ý là nhiều hơn %(voters)s người được biểu quyết."
    )


class NotVotedApartError(ReviewError):
    sentence = gettext_noop(
        "Hộ %(head)s là hộ của %(official)s hoặc người thân; hãy biểu quyết riêng, không tính người đó "
        "(nhiều nhất %(voters)s người)."
    )


class StrangerVoteError(ReviewError):
    sentence = gettext_noop("Có hộ được ghi phiếu mà không nằm trong danh sách của cuộc họp này.")


# --- posting and objections -----------------------------------------------------------------------------------------


class PostingBeforeMeetingError(ReviewError):
    sentence = gettext_noop("Ngày niêm yết %(starts)s sớm hơn ngày họp thôn %(held)s.")


class PostingCutShortError(ReviewError):
    sentence = gettext_noop(
        "Danh sách phải niêm yết đến hết ngày %(ends)s (%(rule)s); chưa gỡ được vào ngày %(on)s."
    )


class PlaceNeededError(ReviewError):
    sentence = gettext_noop("Hãy ghi nơi niêm yết, ví dụ: nhà văn hoá thôn, trụ sở UBND xã.")


class ObjectionTooLateError(ReviewError):
    sentence = gettext_noop(
        "Thời gian niêm yết đã hết ngày %(ends)s; khiếu nại sau đó gửi tới UBND xã theo luật khiếu nại."
    )


class ObjectionTooEarlyError(ReviewError):
    sentence = gettext_noop("Danh sách niêm yết từ ngày %(starts)s; chưa nhận khiếu nại trước ngày đó.")


class ObjectionEmptyError(ReviewError):
    sentence = gettext_noop("Hãy ghi hộ được nói tới và điều không đồng ý.")


class SameReviewerError(ReviewError):
    sentence = gettext_noop("%(name)s là người đã thu thập thông tin hộ này; người khác phải phúc tra.")


class RecheckerInterestedError(ReviewError):
    sentence = gettext_noop(
        "%(name)s đã khai hộ này là hộ của mình hoặc người thân; người khác phải phúc tra."
    )


class NoRecheckerError(ReviewError):
    sentence = gettext_noop("Hãy giao người phúc tra trước khi trả lời.")


class NoHouseholdError(ReviewError):
    sentence = gettext_noop("Hãy chọn hộ mà người phản ánh nói tới trước khi giao phúc tra.")


class NothingRecheckedError(ReviewError):
    sentence = gettext_noop("Chưa có phiếu phúc tra của hộ này do %(name)s ghi sau ngày nhận phản ánh.")


class AnswerMissingError(ReviewError):
    sentence = gettext_noop("Câu trả lời phải nêu lý do.")


class FindingUnlikeVisitError(ReviewError):
    sentence = gettext_noop("Kết quả phúc tra là “%(found)s”, không hợp với kết luận “%(finding)s”.")


class ObjectionsOpenError(ReviewError):
    sentence = gettext_noop("Còn %(count)s phản ánh chưa trả lời (%(example)s).")


# --- district and decision ------------------------------------------------------------------------------------------


class VillagesNotReadyError(ReviewError):
    sentence = gettext_noop("Còn %(count)s thôn, bản chưa xong (ví dụ: %(example)s).")


class DisagreementWithoutReasonsError(ReviewError):
    sentence = gettext_noop("Không thống nhất thì phải nêu rõ lý do, hộ nào.")


class NumberTakenError(ReviewError):
    sentence = gettext_noop(
        "Số quyết định %(number)s năm %(year)s đã dùng cho quyết định ngày %(on)s; hãy xem lại số."
    )


class NumberMissingError(ReviewError):
    sentence = gettext_noop("Hãy ghi số quyết định như trên giấy, ví dụ 12/QĐ-UBND.")


class DecidedTooEarlyError(ReviewError):
    sentence = gettext_noop("Ngày quyết định %(on)s phải sau ngày %(after)s (%(why)s; %(rule)s).")


class SignerInterestedError(ReviewError):
    sentence = gettext_noop(
        "%(signer)s có hộ của mình hoặc người thân trong danh sách (%(households)s); người khác phải ký quyết định này."
    )


class AlreadyDecidedError(ReviewError):
    sentence = gettext_noop(
        "Xã đã có quyết định số %(number)s cho đợt này, vừa được ghi; không ghi hai quyết định."
    )


class NothingToDecideError(ReviewError):
    sentence = gettext_noop("Không có hộ nào để quyết định.")


class NothingChangesError(ReviewError):
    sentence = gettext_noop("Hộ %(number)s không có kết quả nào khác với quyết định đang có hiệu lực.")


class NotRecognisedError(ReviewError):
    sentence = gettext_noop(
        "Hộ %(number)s không được công nhận trong quyết định này nên không có giấy chứng nhận."
    )


# --- regular review -------------------------------------------------------------------------------------------------


class OpenRequestError(ReviewError):
    sentence = gettext_noop("Hộ %(number)s đang có giấy đề nghị %(request)s chưa trả lời.")


class NothingToEscapeError(ReviewError):
    sentence = gettext_noop(
        "Hộ %(number)s không trong danh sách hộ nghèo, hộ cận nghèo nên không xét thoát nghèo."
    )


class AlreadyPoorError(ReviewError):
    sentence = gettext_noop("Hộ %(number)s đang được công nhận là hộ nghèo.")


class RequestAnsweredError(ReviewError):
    sentence = gettext_noop("Giấy đề nghị %(request)s đã được trả lời.")


class RefusalWithoutReasonsError(ReviewError):
    sentence = gettext_noop("Từ chối phải nêu rõ lý do bằng văn bản (%(rule)s).")


# --- files ----------------------------------------------------------------------------------------------------------


class FileRefusedError(ReviewError):
    sentence = gettext_noop("Tệp “%(name)s” không phải ảnh (JPEG, PNG) hay PDF, hoặc lớn hơn %(most)s MB.")


class UnknownSignError(ReviewError):
    sentence = gettext_noop("Không có dấu hiệu nào tên “%(sign)s”.")
