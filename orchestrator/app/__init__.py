"""What each command does, one use case a module: values in, a value out.

No options and no terminal: what is said on the way goes to `Project.say`, a question is a callable,
and what came of it is shown by the command line.
"""
