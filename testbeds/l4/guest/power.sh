# Sourced by the scenarios in which the power is cut: `cuts NUMBER` does so that often, each time at a random point of an
# apply, and finds out after the next boot what is left. The scenario says how the machine is brought into the state that
# is repaired (`prepare`, once; `again`, after each boot), what is ALLOWED, at most how many LINES the journal has by the
# time of a cut, and at most how many MILLISECONDS later it comes.
cuts() {
  if [ "$boot" = 1 ]; then
    prepare
    again
    files >$state/before
    sync
  else
    took_up $((boot - 1))
    again
  fi
  [ "$boot" -gt "$1" ] && over
  apply_and_cut
}

apply_and_cut() {
  shopt -s nullglob
  local lines=$((1 + RANDOM % LINES_MOST)) milliseconds=$((RANDOM % MILLISECONDS)) worker nap journal=()
  exec {nap}<> <(:)
  nvmend apply --yes --allow "$ALLOWED" >/tmp/said 2>&1 &
  worker=$!
  # The last run's, once it is there. No program is started while waiting: it would take the machine's time.
  until [ ${#journal[@]} -ge $lines ]; do
    [ -d /proc/$worker ] || { fail "apply ended before its journal had $lines lines"; over; }
    runs=(/var/lib/nvmend/runs/*/journal.jsonl)
    [ ${#runs[@]} -lt "$boot" ] || mapfile -t journal <"${runs[-1]}"
    read -rt 0.01 -u $nap
  done
  read -rt "$(printf '%d.%03d' $((milliseconds / 1000)) $((milliseconds % 1000)))" -u $nap
  echo "cut the power"
  sleep 100
}

# took_up CUT: what is found after it.
took_up() {
  local found="cut $1 ($(run '[.steps[] | .step + " " + .state] | join(", ")'))" end
  end=$(run .state)
  nvmend >/tmp/said 2>&1
  if [ "$end" = open ]; then
    check "$found: nvmend says that the run was interrupted, and the way back" grep -q 'was interrupted.*nvmend undo' /tmp/said
    status=0; nvmend apply --yes --allow "$ALLOWED" >/tmp/said 2>&1 || status=$?
    check "$found: no other run before it is taken back" [ "$status" = 2 ]
  else # it came after the end
    check "$found: the run is $end, want succeeded" [ "$end" = succeeded ]
    status=0; nvmend apply --yes --allow "$ALLOWED" >/tmp/said 2>&1 || status=$?
    check "$found: nothing is left to do" [ "$status" = 0 ]
  fi
  status=0; nvmend undo --yes >/tmp/said 2>&1 || status=$?
  check "$found: undo ends with $status, want 0" [ "$status" = 0 ]
  files >/tmp/after
  diff $state/before /tmp/after >/tmp/said
  check "$found: every file is as before, $(grep -c '^[<>]' /tmp/said) differ" cmp -s $state/before /tmp/after
  nvmend history >/dev/null
}
