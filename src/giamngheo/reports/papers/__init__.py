"""The papers of the annual review, from frozen dataclasses to PDF: no database, no clock, no account.

They are Vietnamese in every language of the interface, for they are official papers.
"""
