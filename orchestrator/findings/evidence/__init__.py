"""Who would be hurt by a fix, answered from logs: questions, SQL for them, and what they show.

`question` says which log answers for a control; `sql` makes one query of it, the same for Athena
and for DuckDB; `answer` judges the rows. Only `athena` and `subject` ask AWS. What a log cannot
show is never taken for disuse.
"""
