"""`giamngheo law`: whether the law's files are in order, and the standard of a day in plain words."""

import click


@click.group(short_help="Kiểm tra và xem luật / check and show the law")
def command() -> None:
    """Luật nằm trong thư mục law/: các chuẩn nghèo có ngày tháng, có căn cứ. / The law as dated, cited data."""


@command.command(
    "check", short_help="Mọi tệp đủ, có căn cứ, không chồng kỳ hạn / all complete, cited, no overlap"
)
def check() -> None:
    """Kiểm tra mọi tệp luật và chạy mọi tình huống mẫu; in những gì còn chờ đối chiếu Công báo.

    Check every file of the law and run every worked case; print what still waits for a reading of the gazette.
    """
    from giamngheo.base.law import LawMissingError
    from giamngheo.resolution.checks import check_resolutions
    from giamngheo.rules.cases import cases
    from giamngheo.rules.checks import check_law, unverified
    from giamngheo.rules.describe_procedure import rests_on
    from giamngheo.rules.policies import policies
    from giamngheo.rules.procedures import procedures
    from giamngheo.rules.workdays import FIRST, LAST, swaps, worked_weekend_days

    try:
        problems, standards = check_law()
        of_resolutions, resolutions_read = check_resolutions()
        problems += of_resolutions
    except LawMissingError as error:
        raise click.ClickException(str(error)) from error
    for problem in problems:
        click.echo(str(problem), err=True)
    if problems:
        raise click.ClickException(f"{len(problems)} chỗ phải sửa. / {len(problems)} to mend.")
    unread = sum(not policy.verified for policy in policies().values())
    click.echo(f"{len(policies())} chính sách hỗ trợ, {unread} chưa đối chiếu nguyên văn.")
    for standard in standards:
        click.echo(f"{standard.name.vi}: {len(cases(standard))} tình huống mẫu đúng.")
        for key, what in unverified(standard):
            citation = standard.citations[key]
            click.echo(f"  chưa đối chiếu [{citation.confidence}] {citation.act}: {what}")
        table = standard.points.table
        if table and table.missing:
            click.echo(
                f"  bảng điểm B1 thiếu mục {', '.join(item.number for item in table.missing)}: không tự tính điểm"
            )
        if standard.indicators_unknown:
            click.echo(f"  {standard.indicators_unknown.vi}")
    for procedure in procedures().values():
        click.echo(f"{procedure.name.vi}.")
        for citation in procedure.unread:
            what = rests_on(procedure, citation)
            click.echo(f"  chưa đối chiếu [{citation.confidence}] {citation.words}: {what}")
    click.echo(f"{resolutions_read} nghị quyết và mọi chỉ số đều có đủ khoản, chỉ tiêu, nguồn.")
    click.echo(
        f"Ngày làm việc {FIRST}-{LAST}: biết ngày hoán đổi đến hết năm {worked_weekend_days()[-1].year}."
    )
    for swap in swaps():
        if not swap.citation.verified:
            click.echo(
                f"  chưa đối chiếu [{swap.citation.confidence}] {swap.citation.act}: nghỉ {swap.off:%d/%m/%Y}"
            )
    click.echo("Luật đủ, có căn cứ, không chồng kỳ hạn. / The law is complete, cited, without overlap.")


@command.command("show", short_help="Chuẩn, quy trình của một ngày / the law of a day")
@click.argument("day", metavar="NGÀY")
@click.option("--language", type=click.Choice(["vi", "en"]), default="vi", show_default=True)
def show(day: str, language: str) -> None:
    """In chuẩn nghèo và quy trình rà soát của NGÀY, ví dụ 2019-11-01 hay 01/11/2019.

    Print the standard and the review procedure in force on a day.
    """
    from giamngheo.base.text import parse_date
    from giamngheo.rules.describe import describe
    from giamngheo.rules.describe_policies import names_on
    from giamngheo.rules.describe_procedure import describe_procedure
    from giamngheo.rules.errors import NoProcedureError, NoStandardError
    from giamngheo.rules.procedures import procedure_on
    from giamngheo.rules.standards import standard_on

    on = parse_date(day)
    if on is None:
        raise click.UsageError(
            f"“{day}” không phải là ngày; ghi như 2019-11-01. / Not a date; write 2019-11-01."
        )
    try:
        standard = standard_on(on)
    except NoStandardError as error:
        raise click.ClickException(error.sentence(language)) from error
    click.echo("\n".join(describe(standard, language)))
    click.echo()
    try:
        click.echo("\n".join(describe_procedure(procedure_on(on), language)))
    except NoProcedureError as error:
        click.echo(error.sentence(language))
    click.echo()
    click.echo("\n".join(names_on(on, language)))
