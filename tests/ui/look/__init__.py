"""What the tests of the editor's look share: workflows to look at, settings to look at them in, and measures of what is painted."""
