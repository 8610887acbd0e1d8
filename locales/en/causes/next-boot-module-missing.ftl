name = Next boot has no module
title = Kernel { $kernel }, which boots next, has no nvidia module
explanation = The driver works with the running kernel. The next boot is into kernel { $kernel }, and for that kernel there is no nvidia module: after the reboot no program would reach the GPU.
what = A newer kernel is installed and will be booted next, but the nvidia module exists only for the running one.
why = The kernel was upgraded, and the module was not built for it: headers missing, a failed build, or a driver that is not built by DKMS or akmods.
see =
    ls /boot /lib/modules
    dkms status
    find /lib/modules -name 'nvidia*.ko*'
    grep -r saved_entry /boot/grub/grubenv
helps =
    Before you reboot, build the module for that kernel:
    DKMS: install its headers, then dkms autoinstall -k with its release
    akmods: akmods --force --kernels with its release
    Prebuilt modules: install the module package for that kernel
    Check with modinfo -k, then reboot. Until then you can still choose the old kernel in the boot menu.
avoid = Do not remove the running kernel: it is the one that works. Do not reboot a remote machine before the module is there.
