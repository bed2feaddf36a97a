"""From "there is a new account" to its file in account_configs/.

Reads what AWS says about an account, compares it with AWS Organizations and with the
configuration, and decides which file to write, move or leave alone. Applies nothing.
"""
