"""How far this carries: a model of runs over many accounts, and the tables of docs/scale.md."""
