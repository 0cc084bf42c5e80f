"""The sentences in which a verdict is explained, Vietnamese and English; reasons.py says when each is said."""

from giamngheo.rules.standards import Words

CLASS_NAMES = {
    "poor_income": Words("Hộ nghèo về thu nhập", "Income-poor"),
    "poor_deprivation": Words(
        "Hộ nghèo thiếu hụt dịch vụ xã hội cơ bản", "Poor by deprivation of basic services"
    ),
    "poor": Words("Hộ nghèo", "Poor"),
    "near_poor": Words("Hộ cận nghèo", "Near-poor"),
    "average": Words("Hộ có mức sống trung bình", "Average living standard"),
    "none": Words("Không thuộc diện", "In none of these groups"),
    "undetermined": Words("Chưa xác định được", "Undetermined"),
}
AREA_NAMES = {"rural": Words("nông thôn", "rural"), "urban": Words("thành thị", "urban")}
BASIS_NAMES = {
    "points": Words("điểm B1 trên phiếu", "B1 points on the form"),
    "points_computed": Words("điểm B1 tính từ phiếu", "B1 points computed"),
    "income": Words("thu nhập bình quân", "income per head"),
}

SENTENCES = {
    "at_or_below": Words("{what} {value} {unit} không vượt {line} ({limit} {unit}, {area}).", "{what} {value} {unit} is not above the {line} ({limit} {unit}, {area})."),
    "between": Words("{what} {value} {unit} trên {line} ({limit} {unit}) nhưng không vượt {next} ({next_limit} {unit}, {area}).", "{what} {value} {unit} is above the {line} ({limit} {unit}) but not above the {next} ({next_limit} {unit}, {area})."),
    "above": Words("{what} {value} {unit} trên {line} ({limit} {unit}, {area}).", "{what} {value} {unit} is above the {line} ({limit} {unit}, {area})."),
    "no_area": Words("Chưa biết hộ ở nông thôn hay thành thị nên chưa có mức để so.", "It is not known whether the household is rural or urban, so there is no line to compare with."),
    "no_measure": Words("Chưa có thu nhập bình quân đầu người và cũng chưa có tổng điểm B1.", "Neither income per head nor the B1 total is known."),
    "no_thresholds": Words("Điểm B1 {value} chưa dùng được: {why}", "The B1 total {value} can't be used: {why}"),
    "not_computed": Words("Điểm B1 không tự tính được vì bảng điểm còn thiếu mục {items}; ghi tổng điểm từ phiếu giấy.", "B1 is not computed, for the point table lacks items {items}; enter the total of the paper form."),
    "other_band": Words("Lưu ý: thu nhập {income} đồng/người/tháng cho kết quả khác với điểm B1 ({points} điểm); điểm được dùng, hãy kiểm tra lại.", "Note: the income of {income} đồng per person per month tells otherwise than the B1 total ({points} points); the points are used, look again."),
    "average_unknown": Words("{why} Vì vậy hộ trên chuẩn không được tách thành mức sống trung bình.", "{why} So households above the line are not told apart by average living standard."),
    "deprived_some": Words("Thiếu hụt {count} chỉ số (từ {needed} chỉ số trở lên là đủ để xét nghèo): {names}.", "Deprived in {count} indicators ({needed} or more decide): {names}."),
    "deprived_total": Words("Phiếu ghi tổng cộng {count} chỉ số thiếu hụt (từ {needed} chỉ số trở lên là đủ để xét nghèo).", "The form gives {count} deprivations in all ({needed} or more decide)."),
    "deprived_none": Words("Không thiếu hụt chỉ số nào trong các chỉ số đã biết.", "Deprived in none of the indicators known."),
    "cause": Words("{name}: {cause}.", "{name}: {cause}."),
    "member_number": Words("thành viên thứ {number}", "member no. {number}"),
    "ticked": Words("được tích trên phiếu", "ticked on the form"),
    "missing_needed": Words("Còn thiếu {count} chỉ số mới xác định được: {names}.", "{count} more indicators are needed to tell: {names}."),
    "missing": Words("Chưa biết {count} chỉ số: {names}; chúng không làm đổi kết quả.", "{count} indicators are not known: {names}; they would not change the class."),
    "disagree": Words("{name}: phiếu ghi {given} nhưng dữ kiện cho thấy {computed}; ô trên phiếu được dùng, hãy kiểm tra lại.", "{name}: the form says {given} but the facts say {computed}; the form is used, look again."),
    "deprived": Words("thiếu hụt", "deprived"),
    "not_deprived": Words("không thiếu hụt", "not deprived"),
    "total_disagrees": Words("Tổng số thiếu hụt ghi trên phiếu là {given}, khác với {counted} chỉ số thiếu hụt đã biết; hãy kiểm tra lại.", "The form's total of deprivations is {given}, other than the {counted} known; look again."),
    "unverified": Words("Quy định chưa đối chiếu Công báo: {names}.", "Rules not yet checked against the gazette: {names}."),
    "indicators_unknown": Words("{why}", "{why}"),
    "borderline": Words("Hộ sát ngưỡng: {why}.", "Borderline: {why}."),
}  # fmt: skip

BORDERLINE = {
    "lower": Words("cách {line} không quá {near}%", "within {near}% of the {line}"),
    "upper": Words("cách {line} không quá {near}%", "within {near}% of the {line}"),
    "average": Words("cách {line} không quá {near}%", "within {near}% of the {line}"),
    "one_more": Words("thêm một thiếu hụt là đổi nhóm", "one more deprivation would change the class"),
    "one_less": Words("bớt một thiếu hụt là đổi nhóm", "one deprivation less would change the class"),
}

CHANGES = {
    "income_above": Words("Nếu thu nhập trên {limit} đồng/người/tháng thì: {klass}.", "With an income above {limit} đồng per person per month: {klass}."),
    "income_down": Words("Nếu thu nhập từ {limit} đồng/người/tháng trở xuống thì: {klass}.", "With an income of {limit} đồng per person per month or less: {klass}."),
    "points_above": Words("Nếu điểm B1 trên {limit} thì: {klass}.", "With a B1 total above {limit}: {klass}."),
    "points_down": Words("Nếu điểm B1 từ {limit} trở xuống thì: {klass}.", "With a B1 total of {limit} or less: {klass}."),
    "fewer": Words("Nếu bớt {count} thiếu hụt thì: {klass}.", "With {count} deprivations less: {klass}."),
    "more": Words("Nếu thêm {count} thiếu hụt thì: {klass}.", "With {count} deprivations more: {klass}."),
    "know": Words("Khi biết thêm {what}, hộ sẽ được xác định.", "Once {what} is known, the class can be told."),
    "income_or_points": Words("thu nhập bình quân hoặc tổng điểm B1", "income per head or the B1 total"),
    "area": Words("khu vực nông thôn hay thành thị", "whether the household is rural or urban"),
    "deprivations": Words("các chỉ số còn thiếu", "the missing indicators"),
}  # fmt: skip
