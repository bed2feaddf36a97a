"""One run in an account at a time: a file for this checkout, an object in the state bucket for all.

The object is a lease. It is written only where there is none, or over the very one that was judged
to be left behind; it is renewed while its holder lives, and removed when the account is free.
"""
