"""Rules in Sigma over the events of a lake, and findings of what they match.

`record` shows an event as CloudTrail wrote it, which is what rules are about; `sigma` makes a test
of a rule; `detect` asks the lake and counts; `asff` writes findings. A lake only narrows by the
names of calls, and the tests decide: a rule says the same on DuckDB, Athena and OpenSearch.
"""
