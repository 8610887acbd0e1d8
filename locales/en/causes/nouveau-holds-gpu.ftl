name = Another driver holds the GPU
title = { $driver } holds the GPU at { $address }
explanation = The kernel's own driver { $driver } is bound to the GPU at { $address }. One device has one driver, so the NVIDIA driver, which is installed, cannot take it.
what = The GPU is bound to nouveau or nova, the kernel's own drivers for NVIDIA GPUs. As long as they hold it, the NVIDIA module finds no device.
why = Nouveau was not blacklisted, or the blacklist is not in the initramfs, so it is loaded at boot before the NVIDIA driver. Newer kernels have nova_core too, and a list that names nouveau only does not stop it.
see =
    lspci -k -d 10de:
    lsmod | grep -E 'nouveau|nova|nvidia'
    grep -r -E 'nouveau|nova' /etc/modprobe.d /usr/lib/modprobe.d
    dmesg | grep -E 'NVRM|nouveau'
    cat /proc/cmdline
helps =
    Make a file /etc/modprobe.d/blacklist-nouveau.conf with these lines:
    blacklist nouveau
    blacklist nova_core
    blacklist nova_drm
    options nouveau modeset=0
    Keep a copy of the initramfs, then rebuild it:
    Debian, Ubuntu: update-initramfs -u
    Fedora, RHEL: dracut -f
    Arch: mkinitcpio -P
    Fedora with RPM Fusion sets rd.driver.blacklist=nouveau,nova_core on the kernel command line instead.
    Reboot.
avoid = Do not unload nouveau while a desktop uses it: the screen goes dark. The word nouveau in an Xorg log is no sign of this fault; who is bound to the device counts.
