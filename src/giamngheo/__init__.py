"""giamngheo: the software with which a Vietnamese province runs its poverty-reduction programme."""

__version__ = "0.1.0"
