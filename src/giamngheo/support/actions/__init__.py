"""What may be done with deliveries, lists and findings: each one transaction, recorded."""
