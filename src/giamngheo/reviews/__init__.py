"""The annual review as a legal act: lists, village meetings, postings, objections, decisions, certificates."""
