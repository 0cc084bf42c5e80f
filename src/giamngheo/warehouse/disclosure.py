"""Small numbers kept from readers who may not see households."""

from collections.abc import Mapping


def shown_groups(sizes: Mapping[str, int], *, least: int) -> set[str]:
    """The groups that may be shown of a one-way table whose total is shown too.

    Groups of fewer than `least` are hidden; if only one is, its number would follow from the total, so the next smallest
    is hidden with it.
    """
    hidden = {group for group, size in sizes.items() if 0 < size < least}
    rest = sorted((size, group) for group, size in sizes.items() if group not in hidden and size)
    if hidden and sum(sizes[group] for group in hidden) < least and rest:
        hidden.add(rest[0][1])
    return set(sizes) - hidden
