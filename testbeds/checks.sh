# Sourced by l1/check and l2/check: what both need to hold nvmend against their expect.tsv.
# Each check prints one line, `ok   …` or `FAIL …`; testbeds/run counts them.

repo=$(realpath "$here/../..")
beds=${NVMEND_TESTBEDS:-$repo/target/testbeds}
nvmend=${NVMEND:-$repo/target/release/nvmend}
failed=0

check() { # DESCRIPTION COMMAND…
  local what=$1; shift
  if "$@"; then echo "ok   $what"; else echo "FAIL $what"; failed=1; fi
}

matches() { # VALUE PATTERN; a|b: either, !a: anything else, -: anything
  case $2 in
    -) true ;;
    !*) [ "$1" != "${2#!}" ] && [ "$1" != 'no answer' ] ;;
    *) [[ "|$2|" == *"|$1|"* ]] ;;
  esac
}

# diagnose ROOT NAME: lets nvmend judge ROOT. Its answer is kept under that name, for looking at afterwards,
# and what is asked most of it stands in $status, $verdict and $cause.
diagnose() {
  report=$beds/reports/$2.json status=0
  mkdir -p "$beds/reports"
  "$nvmend" check --root "$1" --format json >"$report" 2>"$report.stderr" || status=$?
  verdict=$(ask .verdict) cause=$(ask '.findings[0].cause // "none"')
}
ask() { jq -r "$@" "$report" 2>/dev/null | grep . || echo "no answer"; }

# replays ROOT: a capture of ROOT, redacted, gives the report that ROOT itself gave last, byte for byte but for
# the time; and stays under 2 MB.
replays() {
  local capture=${report%.json}.tar.zst
  rm -f "$capture"
  "$nvmend" --root "$1" capture -o "$capture" >/dev/null 2>&1 &&
    [ "$(stat -c %s "$capture")" -lt 2000000 ] &&
    cmp <(jq 'del(.time)' "$report") <("$nvmend" check --from "$capture" --format json | jq 'del(.time)')
}
