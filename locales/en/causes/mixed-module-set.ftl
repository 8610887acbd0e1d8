name = Modules of different versions
title = Module { $module } is { $version }, nvidia is { $core }
explanation = The driver's kernel modules must all be of one version. { $place ->
        [kernel] In the kernel, { $module } is of version { $version } and nvidia of version { $core }.
       *[disk] On disk, { $module } is of version { $version } and nvidia of version { $core }; loaded together, they refuse each other.
    }
what = nvidia, nvidia_modeset, nvidia_drm and nvidia_uvm are built together and check each other's version. When one of them is of another build, it is refused ("Version mismatch", "Unknown symbol"), and the display or CUDA fails although nvidia itself is loaded.
why = Only some of the files were replaced: a build that broke off, a second directory with modules of another version, an initramfs that holds only some of the set; or a module was loaded on demand after an upgrade, beside the old ones.
see =
    modinfo -F version nvidia nvidia-modeset nvidia-drm nvidia-uvm
    grep -H . /sys/module/nvidia*/version
    dmesg | grep -E 'Version mismatch|Unknown symbol nv'
    find /lib/modules/$(uname -r) -name 'nvidia*.ko*'
helps =
    Build or reinstall the whole set at one version:
    DKMS: dkms autoinstall --force -k $(uname -r)
    akmods: akmods --force --kernels $(uname -r)
    Ready-made modules: reinstall their package
    depmod -a
    Then load all of them anew, or reboot:
    modprobe -r nvidia_drm nvidia_modeset nvidia_uvm nvidia
    modprobe nvidia
avoid = Do not copy single module files between directories or kernels. Do not unload halfway: a set that is not whole is the fault itself.
