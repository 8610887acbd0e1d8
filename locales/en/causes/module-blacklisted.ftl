name = Module blacklisted
title = A configuration line keeps the nvidia module out
explanation = The line "{ $line }" in { $place } keeps the nvidia module from being loaded. It may be there on purpose, for example to save power with prime-select intel.
what = The module is on disk and would fit, but modprobe's configuration or the kernel command line forbids it.
why = prime-select intel, bumblebee or a power-saving tool wrote the line, someone put it there while looking for another fault, or it was meant for nouveau.
see =
    modprobe --show-depends nvidia
    modprobe --showconfig | grep nvidia
    grep -r nvidia /etc/modprobe.d /usr/lib/modprobe.d
    cat /proc/cmdline
    prime-select query
helps =
    If it is there on purpose, leave it: the GPU is meant to be off.
    Ubuntu: prime-select on-demand, or prime-select nvidia
    Otherwise keep a copy of the file, take the line out and rebuild the initramfs:
    Debian, Ubuntu: update-initramfs -u
    Fedora, RHEL: dracut -f
    If it stands on the kernel command line, change the boot loader's configuration.
    modprobe nvidia, or reboot
avoid = Do not remove the lines that blacklist nouveau: those are right.
