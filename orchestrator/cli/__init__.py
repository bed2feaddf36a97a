"""click commands: read options, call one function, hand the value to a view, return a code."""
