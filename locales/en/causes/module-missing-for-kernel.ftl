name = No module for this kernel
title = Kernel { $kernel } has no nvidia module { $version ->
        [none] at all
       *[other] { $version }
    }
explanation =
    { $on_disk ->
        [unseen] On kernel { $kernel }, modinfo found no nvidia module. Whether one can be built there was not looked at.
        [none] There is no nvidia module for kernel { $kernel }, and no DKMS or akmods source that it could be built from.
       *[other] The nvidia module of kernel { $kernel } is of version { $on_disk }, and no DKMS or akmods source is there to build another.
    } { $other ->
        [unseen] { "" }
        [none] No other installed kernel has a fitting one either.
       *[other] Kernel { $other } has one: booting it would help.
    } { $version ->
        [none] { "" }
       *[other] The libraries are of version { $version }.
    }
what = Driver files are installed, but none of them is a kernel module for this kernel. Prebuilt modules come per kernel: the one for this kernel is missing.
why = The kernel was upgraded and the package with its prebuilt module was not, or the driver came by NVIDIA's .run file without DKMS, or the running kernel's directory was removed by an upgrade before the reboot.
see =
    uname -r
    find /lib/modules -name 'nvidia*.ko*'
    modinfo -n nvidia
    dpkg -l 'linux-modules-nvidia-*'
    rpm -qa 'kmod-nvidia*'
helps =
    Boot a kernel that has the module, or install the module for this one:
    Ubuntu: apt install linux-modules-nvidia-535-$(uname -r), with the series of your driver
    Debian: apt install nvidia-kernel-dkms linux-headers-amd64
    RPM Fusion: dnf install akmod-nvidia kernel-devel-$(uname -r), then akmods --force
    RHEL: dnf install kmod-nvidia-latest-dkms, or the precompiled stream
    Arch: reboot, or install nvidia-open-dkms and linux-headers
    Driver from a .run file: run it again for this kernel, with --dkms
avoid = Do not copy modules from another kernel's directory, and do not force them in with modprobe -f.
