"""Refusals of the warehouse; each says what is wrong and what to do."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop


class WarehouseError(Exception):
    """Something of the warehouse that is refused; the message is a sentence for the person who asked for it."""

    sentence = ""

    def __init__(self, **details: object) -> None:
        super().__init__(_(self.sentence) % details)


class NoSnapshotError(WarehouseError):
    sentence = gettext_noop(
        "Chưa có kho số liệu nào. Cán bộ tỉnh lập ở trang “Kho số liệu”, hoặc chạy: giamngheo warehouse build"
    )


class DamagedSnapshotError(WarehouseError):
    sentence = gettext_noop("Kho số liệu %(name)s hỏng hoặc bị cắt cụt ở tệp %(file)s; hãy lập kho mới.")


class OtherSchemaError(WarehouseError):
    sentence = gettext_noop(
        "Kho số liệu %(name)s viết theo lược đồ %(found)s, phần mềm này đọc lược đồ %(known)s; hãy lập kho mới."
    )


class NotAnsweredError(WarehouseError):
    sentence = gettext_noop("Kho số liệu không trả lời được: không có %(what)s.")


class ProvincialOfficerError(WarehouseError):
    sentence = gettext_noop("Chỉ cán bộ tỉnh được lập kho số liệu và tệp nghiên cứu.")


class AlreadyBuildingError(WarehouseError):
    sentence = gettext_noop("Kho số liệu đang được lập; hãy chờ xong.")


class HouseholdsNotSeenError(WarehouseError):
    sentence = gettext_noop(
        "Vai trò này xem số liệu tổng hợp, không xem từng hộ, nên không tải được các bảng này."
    )


class NoSuchTableError(WarehouseError):
    sentence = gettext_noop("Không có bảng hoặc kiểu tệp “%(name)s”; hãy chọn trong danh sách.")


class NoResearchFileError(WarehouseError):
    sentence = gettext_noop(
        "Không lập được tệp nghiên cứu năm %(year)s với k = %(k)s: k ít nhất là %(least)s, đợt rà soát phải đã đóng, và"
        " việc gộp không được bỏ quá 2%% số hộ; hãy chọn năm khác hoặc k nhỏ hơn."
    )


class NoPublicVillageError(WarehouseError):
    sentence = gettext_noop(
        "Số liệu cho người không xem từng hộ chỉ đến cấp xã; hãy chọn xã hoặc cách chia khác."
    )


class IncomesNotSeenError(WarehouseError):
    sentence = gettext_noop(
        "Thước đo thu nhập tính từ từng hộ, nên chỉ dành cho người xem được mọi hộ của địa bàn và không để công bố;"
        " hãy chọn địa bàn của mình hoặc thước đo khác."
    )


class NotPublisherError(WarehouseError):
    sentence = gettext_noop("Chỉ cán bộ tỉnh được công bố hoặc rút số liệu.")


class NotClosedError(WarehouseError):
    sentence = gettext_noop(
        "Kho số liệu chưa có đợt “%(round)s” đã đóng. Hãy đóng đợt, lập kho số liệu mới, rồi công bố."
    )


class NothingPublishedError(WarehouseError):
    sentence = gettext_noop("Đợt “%(round)s” không có số liệu nào đang công bố để rút.")


class MovesNotSeenError(WarehouseError):
    sentence = gettext_noop(
        "Biến động tính bằng cách theo từng hộ qua các đợt, nên chỉ dành cho người xem được mọi hộ của địa bàn; số liệu"
        " của các cụm hộ không theo được một hộ. Hãy chọn địa bàn của mình, hoặc xem biểu biến động ở trang Báo cáo."
    )
