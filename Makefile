# Abonent: the goals explain themselves, `make help`.

.DEFAULT_GOAL := help
.PHONY: help run test tests faults check format bench soak lock clean bootstrap

# Everything stays in the checkout: the demo town in .data, the tests' in .data/test.
DATA ?= $(CURDIR)/.data
BIN := .venv/bin
PORT ?= 8000
ARGUMENTS ?=
SOURCES := src tests

# A machine may forbid Python to keep compiled code: then every start costs a second more.
unexport PYTHONDONTWRITEBYTECODE

run check tests faults format bench soak: bootstrap

help: ## показать этот список
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## запустить всё с демонстрационным городом: http://127.0.0.1:8000
	@ABONENT_DATA='$(DATA)' ABONENT_DEMO=1 $(BIN)/abonent run --port $(PORT) $(ARGUMENTS)

test: check tests ## проверки и все тесты, и в браузере тоже

check: export ABONENT_DATA = $(DATA)/test
check: ## быстрые проверки: вид кода, типы, устройство дома, законы (меньше минуты)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	PYTHONPATH=tests/laws $(BIN)/lint-imports
	$(BIN)/abonent check --fail-level WARNING
	$(BIN)/python -m pytest tests/laws

tests: export ABONENT_DATA = $(DATA)/test
tests:
	@scripts/run_tests.sh $(ARGUMENTS)

faults: export ABONENT_DATA = $(DATA)/test
faults: ## сломать код известными способами и убедиться, что тесты краснеют
	@$(BIN)/python tests/planted_faults.py $(ARGUMENTS)

format: ## привести код к одному виду
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

bench: ## измерить главное и сравнить с пределом машины
	@for kind in billing readings; do \
	  ABONENT_DATA='$(DATA)' $(BIN)/abonent bench $$kind --json $(ARGUMENTS) || exit; \
	done

soak: ## долгая работа под нагрузкой с проверкой денег после каждого сбоя
	@ABONENT_DATA='$(DATA)/soak' $(BIN)/abonent soak $(ARGUMENTS)

pictures: ## снять заново картинки README с запущенного города (make run)
	@$(BIN)/python scripts/take_pictures.py --url http://127.0.0.1:$(PORT) \
	  --chromium "$$(scripts/find_chromium.sh)"

lock: bootstrap ## записать в requirements.lock новейшие подходящие версии
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip
	@$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-header --no-annotate \
	  --python-version 3.11 --group dev --output-file requirements.lock pyproject.toml

clean: ## убрать всё, что можно сделать заново (данные в .data остаются)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist test-results
	find $(SOURCES) -name __pycache__ -type d -prune -exec rm -rf {} +

bootstrap:
	@PYTHON='$(PYTHON)' scripts/bootstrap.sh
