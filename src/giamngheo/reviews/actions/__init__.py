"""What may be done in a review: each action one transaction, whose step it is checked against the procedure's table."""
