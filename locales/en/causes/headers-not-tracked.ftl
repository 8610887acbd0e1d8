name = Kernel headers don't follow the kernel
title = { $kernel_package } upgrades the kernel, and nothing upgrades its headers
explanation = Package { $kernel_package } brings every new kernel. DKMS builds the driver's module for it only if the headers of that kernel are there, and { $headers_package }, which would bring them along, is not installed. All works now; after the next kernel upgrade there would be no nvidia module.
what = Two packages belong together: one that always depends on the newest kernel, and one that always depends on its headers. Only the first is installed, while DKMS needs the second for every build.
why = The headers were installed once for one kernel (linux-headers-$(uname -r), as many instructions say). That package stays at its version for ever.
see =
    dkms status
    dpkg -l 'linux-image-*' 'linux-headers-*'
    rpm -q kernel-core kernel-devel kernel-devel-matched
    pacman -Q linux linux-headers
helps =
    Install the package that follows the headers, of the same flavour as the kernel's:
    Debian: apt install linux-headers-amd64
    Ubuntu: apt install linux-headers-generic, or the one with your kernel's flavour (linux-headers-generic-hwe-22.04)
    Fedora, RHEL: dnf install kernel-devel-matched
    openSUSE: zypper install kernel-default-devel
    Arch: pacman -S linux-headers
    Nothing needs a restart.
avoid = Do not hold the kernel back instead: its security fixes would stay out too.
# No arguments. The value is the package that is not there.
claim-headers-untracked = Not installed, though it goes with the kernel's package
