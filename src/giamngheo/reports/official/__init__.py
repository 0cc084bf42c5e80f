"""The official reports of a review: from one table of its households to the set each unit files, checked and frozen.

    figures = gather(snapshot, units, basis)       # every figure of every unit, by one grouped query
    reports = reports_of(figures, unit, issue)     # the set of a commune, a district or the province
    check(reports)                                 # control totals; what is `blocking` keeps the set from being closed

Nothing here knows a database, a clock or a web page. `report.py` says what a report is, `forms/` has a module for each
form, `gather.py` counts, `build.py` lays out, `controls.py` checks, `behind.py` finds the households behind a cell,
`frozen.py` keeps and compares, `xlsx.py`, `pdf.py` and `tidy.py` write, `typed.py` reads figures typed by hand.
"""
