"""The synthetic province: made-up households whose totals are the published figures. Everything in it is invented."""
