# PYTHON: 3.11 to 3.13, used once to make .venv. PORT: where the demo listens.
PYTHON ?= python3
PORT ?= 8000
ARGS ?=
export PYTHON PORT

.PHONY: demo test leak bench lint fix
.DEFAULT_GOAL := demo

demo:
	@deploy/set-up demo
	@DEMO=true exec .venv/bin/python manage.py demo

# make test ARGS="-k visit" runs a part.
test:
	@deploy/set-up test
	@exec .venv/bin/python -m pytest -n 2 --dist worksteal $(ARGS)

# The leak test in its whole form: every role asks for everything, of its own and of every other kind of office.
leak:
	@deploy/set-up test
	@LEAK=all exec .venv/bin/python -m pytest -n 2 --dist worksteal --show-capture=no tests/leak $(ARGS)

# How fast it is, measured in one run on a database of its own. make bench ARGS="--visits 1000000" or ARGS="--full".
bench:
	@deploy/set-up demo
	@DEMO=true exec .venv/bin/python manage.py bench $(ARGS)

# No server is needed to compare models with migrations: the addresses lead nowhere.
lint:
	@deploy/set-up tools
	.venv/bin/python -m ruff check .
	.venv/bin/python -m ruff format --check .
	.venv/bin/lint-imports
	.venv/bin/python -m djlint --check --lint templates
	DEMO=true DATABASE_URL=postgres://lint@127.0.0.1:1/lint REDIS_URL=redis://127.0.0.1:1 \
		.venv/bin/python -W ignore::RuntimeWarning manage.py makemigrations --check

fix:
	@deploy/set-up tools
	.venv/bin/python -m ruff check --fix .
	.venv/bin/python -m ruff format .
	.venv/bin/python -m djlint --quiet --reformat templates
