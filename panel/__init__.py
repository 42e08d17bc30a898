"""The panel on the forms of Dynamics: a page and a script, self-contained."""
