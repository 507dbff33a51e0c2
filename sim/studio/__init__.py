"""The studio: a page on this machine that shows two runs on the same luck, and lets a class change one of them.

Part of the pictures, above all runs. A run is computed once and sent to the page as data; playing and scrubbing ask nobody.
"""
