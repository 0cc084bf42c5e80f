"""One page of a province, district or commune: how poor, since when, where, in what, who, and where its targets stand."""
