# Sourced by every scenario, of level 4 too: what they ask and do. OLD is loaded at the beginning, NEW is on disk.
bed=${bed:-l3}
. /etc/testbed

ok() { echo "ok   $bed $scenario: $*"; }
fail() { echo "FAIL $bed $scenario: $*"; sed 's/^/     | /' /tmp/said 2>/dev/null | tail -n 40; }
check() { # DESCRIPTION COMMAND…
  what=$1; shift
  if "$@"; then ok "$what"; else fail "$what"; fi
}
# ends STATUS COMMAND…: runs it, keeps what it says in /tmp/said, and checks how it ends.
ends() {
  want=$1; shift
  status=0; "$@" </dev/null >/tmp/said 2>&1 || status=$?
  check "\`$*\` ends with $status, want $want" [ "$status" = "$want" ]
}
says() { check "it says: $1" grep -q "$1" /tmp/said; }

SET="nvidia nvidia_modeset nvidia_drm nvidia_uvm"
load_old() { [ -e /dev/nvidiactl ] || mknod /dev/nvidiactl c 195 255; for name in nvidia nvidia-modeset nvidia-drm nvidia-uvm; do insmod "/old/$name.ko"; done; }
is_loaded() { [ -e "/sys/module/$1/refcnt" ]; }
loaded() { # the loaded modules of the set with their versions, in one line
  for name in $SET; do is_loaded $name && echo "$name=$(cat /sys/module/$name/version)"; done | tr '\n' ' '
}
all_of() { for name in $SET; do printf '%s=%s ' $name "$1"; done; }
are_loaded() { # VERSION: all of the set
  check "loaded: $(loaded)" [ "$(loaded)" = "$(all_of "$1")" ]
}
# smi mismatch|match: what the real nvidia-smi says. Matched, it goes on to look for a GPU, and finds none.
smi() {
  status=0; nvidia-smi >/tmp/said 2>&1 || status=$?
  case $(cat /tmp/said) in
    *"Driver/library version mismatch"*) found=mismatch ;;
    *"couldn't communicate with the NVIDIA driver"*) found=not-loaded ;;
    *) found=match ;;
  esac
  check "nvidia-smi finds a $found ($(head -n 1 /tmp/said)), want $1" [ "$found" = "$1" ]
}
# hold PROGRAM…: runs it with the driver's control device open, and waits until it has it. Its process is $holder.
hold() {
  "$@" 3</dev/nvidiactl & holder=$!
  until [ "$(readlink /proc/$holder/fd/3)" = /dev/nvidiactl ]; do sleep 0.1; done
}
runs_on() { [ -e "/proc/$1/comm" ] && ! grep -q '^State:.*Z' "/proc/$1/status"; }
