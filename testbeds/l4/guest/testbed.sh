# Sourced by every scenario: the words of level 3, and what only a whole system has.
bed=l4
. /bed/words.sh

# Ends the machine, and with it the scenario.
over() {
  echo "end  $scenario"
  sync
  systemctl poweroff --force --force
  sleep 100
}
# patiently SECONDS COMMAND…: until it succeeds, or not.
patiently() {
  local until=$((SECONDS + $1)); shift
  until "$@"; do [ $SECONDS -lt $until ] || return 1; sleep 0.2; done
}
not() { ! "$@"; }
unload_all() { for name in nvidia_uvm nvidia_drm nvidia_modeset nvidia; do rmmod $name; done; }
# From now on the machine boots with an initramfs in which there is nothing of the driver.
plain_initramfs() { mv /boot/initrd.plain "/boot/initrd.img-$KERNEL"; sync; }
# As an earlier installation leaves one behind.
leave_library() { cp "/usr/lib/x86_64-linux-gnu/nvidia/current/libnvidia-ml.so.$NEW" /usr/lib/x86_64-linux-gnu/libnvidia-ml.so.550.54.14; }
# run FILTER: what it finds in the last run.
run() { nvmend history --format json | jq -r ".runs[-1] | $1"; }
is_active() { systemctl -q is-active "$1"; }
# What a unit is running as: another one after each start.
invocation() { systemctl show -P InvocationID "$1"; }

# The system's files: all that there is, with kind, mode, owner, size and time of change, or where a link leads; the
# contents too of those places that a repair may touch. Left out: the records of nvmend, of this test bed and of the boot;
# what programs keep for their own speed; and times of directories, which tell only that something was once in them.
files() {
  local places='/(boot|etc|usr/lib/modules/[^/]*/(updates|modules\.)|usr/lib/x86_64-linux-gnu/nvidia|usr/lib/x86_64-linux-gnu/libnvidia|var/lib/dkms|var/lib/initramfs-tools)'
  find / -xdev \( -path /var/lib/nvmend -o -path /var/lib/testbed -o -path /var/log -o -path /var/tmp -o -path /tmp -o -path /bed \
    -o -path /var/lib/systemd -o -path /etc/resolv.conf -o -path /var/cache/ldconfig/aux-cache -o -path /lost+found \) -prune -o \
    -type d -printf '%p %y %m %U:%G\n' -o -type l -printf '%p %y %U:%G -> %l\n' -o -printf '%p %y %m %U:%G %s %T@\n'
  find / -xdev -regextype posix-extended -regex "$places.*" -type f -print0 |
    xargs -0 md5sum
}
