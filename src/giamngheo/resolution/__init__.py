"""The resolution as data: what each clause asks, who answers, what was reached, and where every target stands."""
