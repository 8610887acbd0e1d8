name = 32-bit libraries of another version
title = { $arch } libraries are { $version }, the driver is { $expected }
explanation = Programs for { $arch } get { $library } of version { $version }, while the module and the native libraries are { $expected }. These programs (Steam, Wine, old games) are turned away by the module; native ones work.
what = The driver libraries for another architecture, mostly the 32-bit ones, are of another version than the driver. Only programs of that architecture fail.
why = The 32-bit packages were not upgraded with the others: the repository of that architecture was missing or lagged behind, the packages were held, or a driver was installed without its 32-bit part and an old one stayed.
see =
    ldconfig -p | grep -E 'libcuda.so.1|libGLX_nvidia'
    dpkg -l | grep -E 'nvidia.*:i386'
    rpm -qa | grep -E 'nvidia.*i686'
    ls -l /usr/lib/i386-linux-gnu/libcuda.so* /usr/lib/libcuda.so* /usr/lib32/libcuda.so*
helps =
    Install the same version for that architecture:
    Debian: dpkg --add-architecture i386, apt update, apt install libcuda1:i386 nvidia-driver-libs:i386
    Ubuntu: apt install libnvidia-gl-535:i386 libnvidia-compute-535:i386, with your series
    Fedora, RHEL: dnf install xorg-x11-drv-nvidia-libs.i686, or nvidia-driver-libs.i686
    Arch: pacman -Syu lib32-nvidia-utils
    If no 32-bit program is used, remove the old 32-bit packages by their exact names instead.
avoid = Do not downgrade the whole driver for the sake of the 32-bit libraries, and do not link the 64-bit files in their place.
