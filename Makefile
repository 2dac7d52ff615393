# Every command that a person needs. `make help` explains them; a bare Debian with Python, git and make is enough for all.
SHELL := /bin/bash
.DEFAULT_GOAL := help
# System Python for what comes before the virtual environment; it needs version 3.11 or later and its venv module.
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
export TONGBAN_HOME TONGBAN_PORT DATABASE_URL AMQP_URL

.PHONY: help up down status logs reset demo test test-long mutation check bench pictures environment test-environment

help: ## 列出所有命令 this list                                            | 立即 at once
	@printf '通办 Tongban\n\n'; [ -t 1 ] && bold=$$'\e[1m' plain=$$'\e[0m'; \
	  sed -nE 's/^([a-z-]+):.*## ([^|]*[^| ]) *\| (.*)/\1|\2|\3/p' $(MAKEFILE_LIST) | \
	  while IFS='|' read -r name what time; do printf '  %s %s  (%s)\n' "$$bold$$(printf 'make %-9s' "$$name")$$plain" "$$what" "$$time"; done
	@printf '\n  TONGBAN_HOME=目录 run folder (.run)   TONGBAN_PORT=端口 public port (8080)   两者都换即可并行第二份 both, for a second copy\n'
	@printf '  DATABASE_URL=… AMQP_URL=…   使用给定的服务器 use given servers instead of private ones\n'

up: environment ## 启动整个平台 start the platform                        | 首次约 2 分钟，之后 15 秒内 2 min at first, then under 15 s
	@$(BIN)/python -m deploy.local up

down: ## 停止平台，只停自己启动的 stop what `up` started                     | 10 秒内 under 10 s
	@$(call in_environment,down)

status: ## 各进程的状态、内存、端口 state, memory and ports of each process     | 1 秒 1 s
	@$(call in_environment,status $(ARGS))

logs: ## 查看日志 show logs: make logs ARGS="applications -f"          | 立即 at once
	@$(call in_environment,logs $(ARGS))

reset: ## 清除全部数据，先询问 delete everything, asks first (ARGS=--yes)     | 10 秒内 under 10 s
	@$(call in_environment,reset $(ARGS))

demo: ## 演示：六个办件从提交到结果 six cases from submission to result | 启动之后几秒 seconds once it is up
	@$(PYTHON) -m deploy.local.bootstrap >&2
	@$(BIN)/python -m deploy.local running || $(BIN)/python -m deploy.local up >&2
	@$(BIN)/python -m deploy.demo $(ARGS)

test: test-environment ## 全部测试，自带服务器 all tests on servers of their own       | 15 分钟内 under 15 min
	@env -u TONGBAN_HOME -u TONGBAN_PORT -u DATABASE_URL -u AMQP_URL $(BIN)/python -m pytest $(ARGS)

test-long: test-environment ## 办件引擎随机走十万步 the case engine walked 100,000 steps   | 约 15 分钟 about 15 min
	@TONGBAN_MACHINE_STEPS=100000 $(BIN)/python -m pytest tests/applications/domain/test_machine.py -s $(ARGS)

mutation: test-environment ## 变异测试 change each rule a little: do the tests notice  | 一小时以上；抽样加 ARGS='--tenths 1' over an hour, or a sample
	@$(BIN)/python -m bench.mutation $(ARGS)

check: test-environment ## 代码检查 lint, format, types, imports, migrations      | 1 分钟 1 min
	@$(BIN)/python -m deploy.local.check

bench: environment ## 性能测量 measure speed and memory, print a table          | 约 12 分钟 about 12 min
	@$(BIN)/python -m bench $(ARGS)

pictures: test-environment ## 文档截图 take the pictures of README and guides     | 约 1 分钟 about 1 min
	@env -u TONGBAN_HOME -u TONGBAN_PORT -u DATABASE_URL -u AMQP_URL $(BIN)/python -m tests.browser.pictures

environment:
	@$(PYTHON) -m deploy.local.bootstrap >&2

test-environment:
	@$(PYTHON) -m deploy.local.bootstrap --for-tests

# These must answer on a fresh clone too, where there is nothing to stop and nothing to show.
define in_environment
if [ -x $(BIN)/python ]; then exec $(BIN)/python -m deploy.local $(1); \
else echo '✓ 尚未安装，没有在运行（make up 启动） not installed yet, nothing is running (make up starts it)'; fi
endef
