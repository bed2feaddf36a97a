"""One ticket for a control in an account, kept by what the findings say.

The function notes what fails in its table as findings come, and its tick brings tickets up to date.
A ticket carries its own key, and is looked for by it before one is made: a lost table makes no
second one.
"""
