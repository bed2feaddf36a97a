"""What CI systems need beyond the commands: shares of a fleet, one report of several runs, a
comment that is found again, and workflows to copy.
"""
