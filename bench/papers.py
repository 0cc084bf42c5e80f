"""What printing costs: a commune's 900 certificates as they leave, village by village, and a poster of 300 households.

The first village must leave within 2 s and the whole take at most twice the time of drawing its codes; a poster 1 s.
"""

import dataclasses
import resource
import time

from tests.reports import handed, samples

from giamngheo.reports.papers import bundle
from giamngheo.reports.papers.certificates import Certificates
from giamngheo.reports.typeset import qr

VILLAGES, HOUSEHOLDS = 10, 90
FIRST, POSTER, OVER_CODES = 2.0, 1.0, 2.0


def main() -> bool:
    """Prints seconds, megabytes and the ratio to the codes alone; True if the limits are kept."""
    whole = handed.certificates(VILLAGES * HOUSEHOLDS)
    began = time.perf_counter()
    for one in whole.signed:
        qr(whole.address(one))
    codes = time.perf_counter() - began
    first, total, size = _streamed(whole)
    began = time.perf_counter()
    samples.poster(300).pdf()
    poster = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"codes alone        {codes:5.1f} s")
    print(f"900 certificates   {total:5.1f} s, {total / codes:.1f} of the codes alone; {size / 2**20:.0f} MB")
    print(f"the first village  {first:5.1f} s; peak of the process {peak:.0f} MB")
    print(f"poster of 300      {poster:5.1f} s")
    return first <= FIRST and total <= OVER_CODES * codes and poster <= POSTER


def _streamed(whole: Certificates) -> tuple[float, float, int]:
    """Seconds to the first piece, seconds in all, and bytes, of the certificates village by village."""
    villages = [
        (f"Bản {n + 1}", dataclasses.replace(whole, signed=whole.signed[n * HOUSEHOLDS :][:HOUSEHOLDS]))
        for n in range(VILLAGES)
    ]
    began = time.perf_counter()
    first, size = 0.0, 0
    for piece in bundle.stream(villages):
        first = first or time.perf_counter() - began
        size += len(piece)
    return first, time.perf_counter() - began, size
