"""`giamngheo measure`: poverty measured on any table of households, without a database."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from giamngheo.cli.measured import common, run, sampled, sampling

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa


@click.group(short_help="Đo nghèo trên một bảng số liệu / measure poverty on a table")
def command() -> None:
    """Đo nghèo trên tệp Parquet, CSV, XLSX hoặc DuckDB (hay bảng PostgreSQL), không cần cài cơ sở dữ liệu.

    Measure poverty on a Parquet, CSV, XLSX or DuckDB file (or a PostgreSQL table), without a database of our own.
    """


@command.command("mpi", short_help="Nghèo đa chiều / multidimensional (Alkire–Foster)")
@common
@sampled
@click.option(
    "--spec", required=True, type=click.Path(path_type=Path), help="Chỉ số, quyền số, ngưỡng (YAML)"
)
@click.option("--k", "ks", multiple=True, help="Ngưỡng, có thể nhiều lần: 1/3, 0.3, 30%, union, intersection")
def mpi(data: str, spec: Path, ks: tuple[str, ...], design: str, **common: Any) -> None:
    """H, A, M0, tỷ lệ thiếu hụt trước và sau khi xét nghèo, phần đóng góp; theo nhóm, một hay nhiều ngưỡng k.

    H, A, M0, uncensored and censored headcounts, contributions; by group, at one or many cut-offs k.
    """
    from giamngheo.measures.alkire_foster import measures
    from giamngheo.measures.specification import Spec

    def measured(table: "ir.Table", by: tuple[str, ...], weight: str | None) -> "pa.Table":
        return measures(table, Spec.load(spec), ks or None, by=by, weight=weight, design=sampling(design))

    run(data, measured, **common)


@command.command("money", short_help="Nghèo về thu nhập / income poverty (FGT, Watts, SST)")
@common
@sampled
@click.option("--income", required=True, help="Cột thu nhập, đồng/người/tháng / income column")
@click.option("--line", required=True, help="Chuẩn: một số đồng, hoặc tên cột / a number, or a column")
@click.option(
    "--below",
    is_flag=True,
    help="Đúng bằng chuẩn thì không nghèo (mặc định: nghèo) / at the line is not poor",
)
def money(data: str, income: str, line: str, below: bool, design: str, **common: Any) -> None:
    """Tỷ lệ nghèo, khoảng cách nghèo (cũng bằng đồng), mức nghiêm trọng, Watts, Sen–Shorrocks–Thon.

    Headcount, gap (in đồng too), severity, Watts, Sen–Shorrocks–Thon.
    """
    from giamngheo.measures.money import poverty

    threshold = int(line) if line.isdecimal() else line

    def measured(table: "ir.Table", by: tuple[str, ...], weight: str | None) -> "pa.Table":
        drawn = sampling(design)
        return poverty(table, income, threshold, by=by, weight=weight, inclusive=not below, design=drawn)

    run(data, measured, **common)


@command.command("inequality", short_help="Bất bình đẳng / inequality (Gini, Theil, Atkinson)")
@common
@sampled
@click.option("--income", required=True, help="Cột thu nhập / income column")
def inequality(data: str, income: str, design: str, **common: Any) -> None:
    """Gini, Theil, Atkinson, tỷ số phân vị; có nhóm thì thêm phần trong nhóm và giữa các nhóm.

    Gini, Theil, Atkinson, quantile ratios; with groups also the parts within and between.
    """
    from giamngheo.measures.inequality import inequality as indices

    def measured(table: "ir.Table", by: tuple[str, ...], weight: str | None) -> "pa.Table":
        return indices(table, income, by=by, weight=weight, design=sampling(design))

    run(data, measured, **common)


@command.command("targeting", short_help="Hỗ trợ đến đúng người không / whom help reaches")
@common
@sampled
@click.option("--poor", required=True, help="Cột hộ nghèo 0/1 / poor, 0 or 1")
@click.option("--received", help="Cột được hưởng 0/1 / received, 0 or 1")
@click.option("--amount", help="Cột số tiền được hưởng, đồng / money received")
@click.option(
    "--income", help="Cột thu nhập để xếp hạng: chỉ số tập trung, CGH / ranks for concentration, CGH"
)
@click.option(
    "--score", help="Cột điểm cần đánh giá (thấp là nghèo): ROC, AUC / a score to be judged, low is poor"
)
def targeting(
    data: str, poor: str, received: str | None, amount: str | None, income: str | None, score: str | None,
    design: str, **given: Any,
) -> None:  # fmt: skip
    """Độ bao phủ, bỏ sót, bao gồm nhầm, rò rỉ, ai được bao nhiêu tiền; theo nhóm. Thêm CGH và ROC nếu có cột.

    Coverage, errors of exclusion and inclusion, leakage, who gets the money; by group. CGH and ROC where asked.
    """
    from giamngheo.measures import results
    from giamngheo.measures import targeting as measures

    def measured(table: "ir.Table", by: tuple[str, ...], weight: str | None) -> "pa.Table":
        asked: dict[str, Any] = {"by": by, "weight": weight, "design": sampling(design)}
        made = []
        if received or amount or not score:
            made.append(measures.targeting(table, poor, received=received, amount=amount, **asked))
        if income:
            made.append(measures.concentration(table, income, amount or received or poor, **asked))
        if score:
            made.append(measures.roc(table, poor, score, **asked))
        return results.joined(*made)

    run(data, measured, **given)


@command.command("proxy-means", short_help="Phiếu điểm nhận diện hộ nghèo / proxy means test")
@common
@sampled
@click.option(
    "--columns",
    required=True,
    help="Các cột nhìn thấy được, cách nhau dấu phẩy / what is seen of a household",
)
@click.option("--income", help="Cột thu nhập, cùng với --line / income, with --line")
@click.option("--line", type=int, help="Chuẩn nghèo, đồng / the line")
@click.option("--poor", help="Cột hộ nghèo 0/1, thay cho thu nhập (logit) / poor, instead of income (logit)")
@click.option(
    "--target",
    help="Tỷ lệ được chọn, ví dụ 20%; không có: ít lỗi nhất / share to be chosen; none: least errors",
)
@click.option("--folds", type=int, default=5, show_default=True, help="Số phần để kiểm tra ngoài mẫu / folds")
@click.option("--seed", type=int, default=1, show_default=True)
def proxy_means(
    data: str, columns: str, income: str | None, line: int | None, poor: str | None, target: str | None,
    folds: int, seed: int, design: str, **given: Any,
) -> None:  # fmt: skip
    """Phiếu điểm (số nguyên, cộng tay được) đoán hộ nghèo từ những gì nhìn thấy; ngưỡng; sai sót trong và ngoài mẫu.

    A card of whole points that tells the poor from what is seen; its cut-off; errors in and out of sample.
    """
    from giamngheo.measures.proxy_means import Proxy
    from giamngheo.measures.proxy_means import proxy_means as fitted

    def measured(table: "ir.Table", by: tuple[str, ...], weight: str | None) -> "pa.Table":
        named = tuple(name.strip() for name in columns.split(",") if name.strip())
        proxy = Proxy(named, income=income, line=line, poor=poor, target=target, folds=folds, seed=seed)
        return fitted(table, proxy, by=by, weight=weight, design=sampling(design))[1]

    run(data, measured, **given)


@command.command("small-area", short_help="Ước lượng cho xã từ điều tra mẫu / small areas (Fay–Herriot)")
@common
@sampled
@click.option(
    "--measured", "value", required=True, help="Cột cần ước lượng trung bình, 0/1 hoặc số / what is measured"
)
@click.option("--area", required=True, help="Cột địa bàn, có trong cả hai bảng / the area, in both tables")
@click.option(
    "--areas", required=True, help="Bảng mọi địa bàn, mỗi địa bàn một dòng / table of all areas, a row each"
)
@click.option(
    "--explained", required=True, help="Các cột của bảng địa bàn, cách nhau dấu phẩy / columns that explain"
)
@click.option("--method", default="reml", show_default=True, help="reml | moments")
@click.option(
    "--nought",
    default="pooled",
    show_default=True,
    help="Phương sai bằng 0 / variance of 0: pooled | synthetic | refuse",
)
@click.option(
    "--benchmark", help="Cột dân số, để khớp với số chung / population, so that areas add up to the whole"
)
def small_area(
    data: str, value: str, area: str, areas: str, explained: str, method: Any, nought: Any, benchmark: str | None,
    design: str, **given: Any,
) -> None:  # fmt: skip
    """Ước lượng trực tiếp và Fay–Herriot theo địa bàn, kèm sai số; địa bàn không có mẫu được ghi rõ (synthetic).

    Direct and Fay–Herriot estimates by area with their errors; areas without a sample are told (synthetic).
    """
    from giamngheo.measures.design import Design
    from giamngheo.measures.errors import ParameterError
    from giamngheo.measures.small_area import small_area as estimated
    from giamngheo.measures.tables import read

    def measured(table: "ir.Table", by: tuple[str, ...], weight: str | None) -> "pa.Table":
        if by or weight:
            raise ParameterError(
                name="by, weight", value=f"{', '.join(by)} {weight or ''}", rule="--area, --design weight=…"
            )
        return estimated(
            table, value, area, areas=read(areas), explained=[n.strip() for n in explained.split(",")],
            design=sampling(design) or Design(), method=method, nought=nought, benchmark=benchmark,
        )  # fmt: skip

    run(data, measured, **given)
