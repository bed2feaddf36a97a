"""Input that AWS refuses is refused, with AWS's code.

Two kinds of rules: those that stand in AWS's own service models (`shapes`: lengths, ranges,
patterns, enumerations, required members; by machine, for every service), and those no model
has (`rules`: one file per service, each with its source).
"""
