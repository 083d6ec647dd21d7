# make help lists the targets.
VENV := .venv
BIN := $(VENV)/bin
LINEAGE := .venv-lineage/bin/colibri
# Extra arguments of dbt build, as in: make build ARGS="--threads 4"
ARGS ?=

.DEFAULT_GOAL := help
# The SQL files that are not as on the branch main.
CHANGED_SQL = $(shell git diff --name-only --diff-filter=d $$(git merge-base HEAD main 2>/dev/null || echo HEAD) -- 'models/*.sql' 'analyses/*.sql' 'tests/*.sql'; git ls-files --others --exclude-standard -- 'models/*.sql' 'analyses/*.sql' 'tests/*.sql')

.PHONY: help build verify new-index report check-data ask workbook check test test-postgres test-spark test-report test-bi bench lint docs
.PHONY: dashboard sample clean
.PHONY: check-python check-dbt check-sql check-quick-tests

help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

build: $(VENV)/installed-build ## Build, test and publish the warehouse
	@$(BIN)/python scripts/build.py $(ARGS)

verify: $(VENV)/installed-build ## Check that the published marts came from the inputs that are here
	@$(BIN)/python scripts/build.py --verify

new-index: ## Write the smallest index that builds to the folder NAME, as in NAME=indices/well_being
	@test -n "$(NAME)" || { echo "Say where: make new-index NAME=indices/well_being"; exit 2; }
	@test ! -e "$(NAME)" || { echo "$(NAME) is there already, and stays as it is."; exit 2; }
	@mkdir -p "$(dir $(NAME))" && cp -R starter "$(NAME)"
	@echo "Read $(NAME)/README.md, then: INDEX_SEEDS=$(NAME) make build"

# Node comes from PyPI where there is none.
report: $(VENV)/installed-build $(if $(shell command -v npm),,$(VENV)/installed-report) ## Publish the release again with pages to look at
	@$(BIN)/python report/pages.py

check-data: $(VENV)/installed-build ## Say what a build would accept and reject of the samples
	@$(BIN)/python scripts/check_data.py $(ARGS)

ask: $(VENV)/installed-build ## Answer a question of analyses/, as in: make ask Q="why_ahead region_code=310000"; without Q, list them
	@$(BIN)/python scripts/ask.py $(Q)

workbook: $(VENV)/installed-build ## Write the workbook of the published release into target/; each release has one beside its marts
	@$(BIN)/python report/workbook_sheets.py target

check: $(VENV)/installed-dev ## What is wrong, in seconds: style, unit tests, quick tests; no data
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target check-python check-dbt check-sql check-quick-tests

check-python:
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .

# Parses as well, warnings as errors. Unit tests want the columns of tables, not their rows, so a small index without rows gives
# them. What has not changed since the last check that passed, and does not depend on what has, is left alone.
CHECK := target/check
check-dbt:
	@mkdir -p $(CHECK)
	@test -e $(CHECK)/passed/manifest.json && state="--state $(CHECK)/passed --select state:modified+"; \
	INDEX_SEEDS=tests/hdi WAREHOUSE_PATH=$(CHECK)/empty.duckdb $(BIN)/dbt --quiet \
		--warn-error-options '{error: all, silence: [NoNodesForSelectionCriteria, NothingToDo]}' \
		build --empty --exclude-resource-type test --target-path $(CHECK) $$state
	@mkdir -p $(CHECK)/passed && cp $(CHECK)/manifest.json $(CHECK)/passed/

check-sql:
	@files="$(strip $(CHANGED_SQL))"; test -z "$$files" || $(BIN)/sqlfluff lint --disable-progress-bar $$files

check-quick-tests:
	@$(BIN)/python -m pytest --quiet --exitfirst -m "not slow and not engine" --ignore tests/bi tests

test: lint ## Everything that CI runs
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder --durations 10 --ignore tests/bi tests

test-postgres: $(VENV)/installed-dev ## The build on a PostgreSQL server of the tests
	@$(BIN)/python -m pytest tests/test_postgres.py

test-bi: $(VENV)/installed-dev .venv-metrics/installed .venv-dashboard/installed ## Workbook in LibreOffice, metrics, and Superset in Chromium
	@$(BIN)/python -m pytest --durations 10 tests/bi

test-spark: $(VENV)/installed-dev ## The build on Sail, Spark and Spark's servers
	@$(BIN)/python -m pytest tests/test_spark.py

test-report: $(VENV)/installed-dev ## The pages in Debian's Chromium
	@$(BIN)/python -m pytest tests/test_report.py

bench: $(VENV)/installed-dev ## Measure the build against its peers, as docs/performance.md says
	@$(BIN)/python benchmarks/bench.py $(ARGS)

lint: $(VENV)/installed-dev ## Style of the SQL; the structure rules are among the tests
	@$(BIN)/dbt --quiet --warn-error parse
	@$(BIN)/sqlfluff lint --disable-progress-bar models analyses tests

# The pages are for others, too: they say nothing of the folder in which they were made, and send nothing anywhere.
docs: $(VENV)/installed-build .venv-lineage/installed ## Documentation of every table and the lineage of every column, in target/
	@warehouse="$$($(BIN)/python scripts/release.py)" && \
		WAREHOUSE_PATH="$$warehouse" WAREHOUSE_ACCESS=read_only $(BIN)/dbt --quiet docs generate --static
	@sed -i 's|$(CURDIR)|.|g' target/static_index.html
	@DO_NOT_TRACK=1 $(LINEAGE) generate --disable-telemetry --output-dir target/lineage > target/lineage.log || cat target/lineage.log
	@echo "Open target/static_index.html and target/lineage/index.html"

dashboard: $(VENV)/installed-build .venv-dashboard/installed ## Show the release in a Superset of its own, on this machine alone
	@warehouse="$$($(BIN)/python scripts/release.py)" && \
		DASHBOARD_WAREHOUSE="$$(dirname "$$warehouse")/bi.duckdb" \
		.venv-dashboard/bin/python report/superset/dashboard.py target/superset $(ARGS)

sample: $(VENV)/installed-dev ## Write the sample's rows again from reconstruction/locality_counts.csv
	@$(BIN)/python -m reconstruction write

clean: ## Remove everything that was built, but for the published warehouse
	@rm -rf $(VENV) .venv-* target logs warehouse/build warehouse/indices/*/build warehouse/development.duckdb*

# Environments of their own, for what would have other packages in other versions.
.venv-%/installed: requirements/%.txt
	@test -x .venv-$*/bin/python || python3 -m venv .venv-$*
	@echo "Installing $< into .venv-$* ..."
	@.venv-$*/bin/python -m pip install -qq --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

# dev.txt holds all of build.txt, in the same versions.
$(VENV)/installed-%: requirements/%.txt
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed, this is " + sys.version)'
	@test -x $(BIN)/python || python3 -m venv $(VENV)
	@echo "Installing $< into $(VENV) ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --requirement $<
	@touch $@
