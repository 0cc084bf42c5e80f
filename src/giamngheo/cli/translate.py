"""`giamngheo translate`: gathers the interface's words from code and templates, and compiles the catalogues.

Words are written in Vietnamese where they are used; locale/en gives their English. locale/vi gives Vietnamese for
the words of libraries that ship none (allauth) or not all (Django), and is written by hand.
"""

import io
import os
from collections.abc import Iterator
from pathlib import Path

import click
import polib

PACKAGE = Path(__file__).resolve().parent.parent
CATALOGUES = {
    language: PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po" for language in ("vi", "en")
}
#: Functions whose words are gathered, with the places of context, singular and plural.
KEYWORDS: dict[str, tuple[object, ...] | None] = {
    **dict.fromkeys(("gettext", "gettext_lazy", "gettext_noop", "_"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
Key = tuple[str, str, str]  # context, singular, plural


@click.command(short_help="Gom và dịch chữ của giao diện / gather and compile the interface's words")
@click.option(
    "--check", is_flag=True, help="Chỉ liệt kê chữ chưa có tiếng Anh / only list words without English"
)
def command(check: bool) -> None:
    """Gom chữ tiếng Việt từ mã và mẫu trang vào locale/en, rồi dịch sang dạng máy đọc.

    Gather the Vietnamese words of code and templates into locale/en, drop those no longer used, and compile.
    """
    found = gather()
    english = polib.pofile(str(CATALOGUES["en"]))
    if check:
        missing = without_english(english, found)
        for line in [*missing, *stale()]:
            click.echo(line)
        if missing or stale():
            raise click.ClickException(
                "Chạy `giamngheo translate`, điền msgstr trong locale/en rồi chạy lại. / Run it, fill in, run again."
            )
        return
    update(english, found)
    english.save(str(CATALOGUES["en"]))
    compile_all()
    missing = without_english(english, found)
    click.echo(
        f"{len(found)} câu chữ, {len(missing)} chưa có tiếng Anh / words, {len(missing)} without English"
    )
    for line in missing:
        click.echo(line)


def gather() -> dict[Key, set[str]]:
    """Every word to translate and the files that use it."""
    _ready()
    found: dict[Key, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*")):
        if (
            path.suffix in {".py", ".html", ".txt"}
            and "migrations" not in path.parts
            and "dist" not in path.parts
        ):
            for key in _words(path):
                found.setdefault(key, set()).add(path.relative_to(PACKAGE).as_posix())
    return found


def _ready() -> None:
    """Django's template scanner reads settings; outside a site the bare ones do."""
    from django.conf import settings

    if not settings.configured and "DJANGO_SETTINGS_MODULE" not in os.environ:
        settings.configure()


def _words(path: Path) -> Iterator[Key]:
    from babel.messages.extract import extract
    from django.utils.translation.template import templatize

    text = path.read_text("utf-8")
    if path.suffix != ".py":
        scanned = templatize(text, origin=str(path))
        text = "\n".join(
            line.strip() for line in scanned.splitlines()
        )  # the scanner's indents are not Python's
    source = io.BytesIO(text.encode())
    for _line, message, _comments, context in extract(
        "python", source, keywords=KEYWORDS, options={"encoding": "utf-8"}
    ):
        singular, plural = message if isinstance(message, tuple) else (message, "")
        if singular:
            yield (context or "", singular, plural)


def _key(entry: polib.POEntry | polib.MOEntry) -> Key:
    return (entry.msgctxt or "", entry.msgid, entry.msgid_plural or "")


def update(catalogue: polib.POFile, found: dict[Key, set[str]]) -> None:
    """Adds what is new, drops what is used no more, and puts all in a fixed order."""
    known = {_key(entry): entry for entry in catalogue}
    catalogue.clear()
    for key in sorted(found, key=lambda key: (min(found[key]), key)):
        context, singular, plural = key
        entry = known.get(key) or polib.POEntry(msgid=singular, msgid_plural=plural, msgctxt=context or None)
        if plural and not entry.msgstr_plural:
            entry.msgstr_plural = {0: "", 1: ""}
        if "%(" in singular and "python-format" not in entry.flags:
            entry.flags.append("python-format")
        entry.occurrences = [(path, "") for path in sorted(found[key])]
        catalogue.append(entry)


def without_english(catalogue: polib.POFile, found: dict[Key, set[str]]) -> list[str]:
    """One line for each word that English readers would meet in Vietnamese."""
    done = {_key(entry) for entry in catalogue.translated_entries()}
    return [
        f"{min(found[key])}: {key[1]}"
        for key in sorted(found, key=lambda k: (min(found[k]), k))
        if key not in done
    ]


def compile_all() -> None:
    for path in CATALOGUES.values():
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))


def stale() -> list[str]:
    """One line for each catalogue whose compiled form says something else."""
    lines = []
    for language, path in CATALOGUES.items():
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or _compiled(polib.mofile(str(compiled))) != _compiled(
            polib.pofile(str(path))
        ):
            lines.append(f"locale/{language}: .mo cũ hơn .po / is older than its .po")
    return lines


def _compiled(catalogue: polib.POFile | polib.MOFile) -> dict[Key, object]:
    return {_key(entry): entry.msgstr_plural or entry.msgstr for entry in catalogue.translated_entries()}
