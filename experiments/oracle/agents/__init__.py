"""One class for each kind of row; each knows the rules of its own kind, phase by phase."""
