"""`giamngheo audit`: whether every decision still is what it was when it was made."""

import click

_FAULTS = {
    "line": "nội dung của hộ (id {household}) đã khác lúc ra quyết định / a household's content has changed",
    "header": "phần đầu hoặc danh sách hộ đã khác / the header or the set of lines has changed",
    "chain": "đứt chuỗi: thiếu hoặc thay quyết định trước nó / the chain is broken before it",
}


@click.group(short_help="Kiểm tra sổ quyết định / check the book of decisions")
def command() -> None:
    """Kiểm tra các quyết định đã đóng băng. / Check the frozen decisions."""


@command.command("verify", short_help="Nội dung và chuỗi băm / content and chain")
def verify() -> None:
    """Tính lại băm của từng hộ, từng quyết định và chuỗi của mỗi xã; thoát mã 1 nếu có chỗ sai.

    Compute every line's and decision's hash and each commune's chain anew; exit code 1 where one does not hold.
    """
    from giamngheo.cli import start_django

    start_django()
    from giamngheo.reviews.models import Decision, DecisionLine
    from giamngheo.reviews.queries import broken

    faults = broken(using="owner")
    decisions = (
        Decision.objects.using("owner").select_related("commune").in_bulk({f.decision for f in faults})
    )
    for fault in faults:
        decision = decisions[fault.decision]
        said = _FAULTS[fault.fault].format(household=fault.household)
        click.echo(f"SAI: {decision.number}, {decision.decided_on:%d/%m/%Y}, {decision.commune.name}: {said}")
    count, lines = Decision.objects.using("owner").count(), DecisionLine.objects.using("owner").count()
    found = f"{len(faults)} chỗ sai / faults" if faults else "đúng cả / all holds"
    click.echo(f"{count} quyết định / decisions, {lines} hộ / households: {found}.")
    if faults:
        raise SystemExit(1)
