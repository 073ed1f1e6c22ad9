"""How fast it is: a database of a chosen size, and ratios that are measured in one run (`make bench`)."""
