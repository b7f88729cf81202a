#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs a fuzzer over a checked-in corpus: a short, repeatable run by default, as
# the tests do (FUZZ_RUNS in the environment says how many inputs), or SECONDS
# long. New inputs go to FOUND (default: thrown away); what crashed it is kept in
# the current folder.
#
#   tests/fuzz/run.sh build/tests/fuzz/fuzz-message tests/fuzz/corpus/message
#   tests/fuzz/run.sh FUZZER CORPUS SECONDS [FOUND]
set -euo pipefail

fuzzer=$1
corpus=$2
seconds=${3:-}
found=${4:-}

if [[ -z $found ]]; then
  found=$(mktemp -d)
  trap 'rm -r "$found"' EXIT
fi

# A small quarantine and short stacks of allocations make AddressSanitizer cheaper.
export ASAN_OPTIONS=${ASAN_OPTIONS:-quarantine_size_mb=16:malloc_context_size=8}
options=(-max_len=2200 -timeout=10 -entropic=0 -print_final_stats=1)
if [[ -n $seconds ]]; then
  options+=("-max_total_time=$seconds")
else
  options+=(-seed=1 "-runs=${FUZZ_RUNS:-100000}")
fi

"$fuzzer" "${options[@]}" "$found" "$corpus"
