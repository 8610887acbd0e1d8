# Sourced by repair and repair-files: their cases, each on forks of the roots that l2/build made. What is forked vanishes
# with the script: all is mounted in a namespace of its own.
[ "${IN_NAMESPACE:-}" ] || IN_NAMESPACE=1 exec unshare --mount --propagation private "$0" "$@"
. "$here/../checks.sh"
name=$(basename "$0")
work=$(mktemp -d "$beds/$name.XXXXXX")
trap 'umount "$work"/*/root 2>/dev/null || true; rm -rf "$work"' EXIT
mkdir -p "$beds/reports"

# run_cases NAME…: each by its function case_NAME, and how long it took; on a busy machine the processors' seconds tell more.
# One that breaks off in the middle has failed.
run_cases() {
  local case status TIMEFORMAT
  for case; do
    name="l2 $(basename "$0") $case" log=$beds/reports/$(basename "$0")-$case
    TIMEFORMAT="     $name took %0R s; of the processors, %0U s and the kernel's %0S s"
    # Not `case_… || …`: that would switch off `set -e` inside.
    set +e; time (set -e; "case_${case//-/_}"; exit $((failed * 99))); status=$?; set -e
    case $status in
      0) ;;
      99) failed=1 ;;
      *) echo "FAIL $name: broke off, with status $status"; failed=1 ;;
    esac
    umount "$work"/*/root 2>/dev/null || true
    rm -rf "${work:?}"/*
  done
}

# fork STATE KERNEL LOADED: a copy of a root, presented as a machine that runs; in $root.
fork() {
  [ -e "$beds/l2/$1.stamp" ] || { echo "there is no root $1" >&2; return 1; }
  local layer=$work/$1
  root=$layer/root
  mkdir -p "$layer"/{upper,work,root}
  mount -t overlay overlay -o "lowerdir=$beds/l2/$1,upperdir=$layer/upper,workdir=$layer/work" "$root"
  "$here/../present-machine" "$root" "$(value "$2")" "$(value "$3")"
  cp "$nvmend" "$root/usr/local/bin/nvmend"
}
value() { sed -n "s/^$1=//p" "$beds/l2/bookworm/etc/nvmend-testbed" | grep . || echo "$1"; }
as_machine() { "$here/as-machine" "$root" "$@"; }
