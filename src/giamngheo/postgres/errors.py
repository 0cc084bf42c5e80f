"""Refusals of the database server, each a sentence with what to do."""


class DatabaseServerError(Exception):
    """The server could not be found, started or reached; the message says what to do."""


class BackupError(Exception):
    """A backup could not be made, or one could not be read or restored; the register is as it was."""
