"""Generated from the URL resolver and the registry of the admin: nobody meets what is not their own.

world.py: rows with marks, and who asks · routes.py: what there is to ask · questions.py: with what it is asked ·
answers.py: all that an answer tells · walk.py, alike.py: the two ways of asking · mutants.py: guards to remove.

In `make test` three askers take the likeliest ways; `make leak` (LEAK=all) lets everybody take all of them.
"""
