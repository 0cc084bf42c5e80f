"""The forms in their order on paper; a new one is a module here and a line below."""

from giamngheo.reports.official.errors import UnknownFormError
from giamngheo.reports.official.forms import (
    causes,
    children,
    deprivations,
    flows,
    groups,
    multidimensional,
    result,
)  # fmt: skip
from giamngheo.reports.official.forms._form import ALL_GROUPS, Form

__all__ = ["ALL_GROUPS", "FORMS", "Form", "form_of", "forms_of"]

FORMS: dict[str, Form] = {
    form.slug: form
    for form in (
        result.FORM,
        flows.POOR,
        flows.NEAR_POOR,
        deprivations.POOR,
        deprivations.POOR_RATES,
        deprivations.NEAR_POOR,
        deprivations.NEAR_POOR_RATES,
        groups.TARGETS,
        groups.ETHNIC,
        causes.FORM,
        children.FORM,
        multidimensional.POOR,
        multidimensional.NEAR_POOR,
    )
}


def forms_of(generation: str) -> list[Form]:
    """The forms a generation has."""
    return [form for form in FORMS.values() if generation in form.number]


def form_of(slug: str, generation: str) -> Form:
    """The form of that name. Raises UnknownFormError where the generation has none."""
    known = {form.slug: form for form in forms_of(generation)}
    if slug not in known:
        raise UnknownFormError(slug=slug, generation=generation, known=", ".join(known))
    return known[slug]
