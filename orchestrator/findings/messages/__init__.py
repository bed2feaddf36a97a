"""Messages to the teams that own accounts: what happened, in their language, by their channels.

Everything a finding says is data: it is cleaned where it comes in, and written here so that no
mail program, chat or webhook takes it for more.
"""
