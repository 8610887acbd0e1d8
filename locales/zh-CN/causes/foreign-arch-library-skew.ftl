name = 32 位驱动库版本不一致
title = { $arch } 的驱动库是 { $version }，驱动是 { $expected }
explanation = { $arch } 程序加载到的 { $library } 是 { $version }，而模块和本机架构的库是 { $expected }。这类程序（Steam、Wine、老游戏）会被模块拒绝，普通程序不受影响。
what = 另一种架构（多半是 32 位）的驱动库与驱动版本不同，只有该架构的程序会失败。
why = 32 位软件包没有一起升级：该架构的软件源缺失或更新滞后，软件包被锁定，或者装驱动时没装 32 位部分，旧的却还留着。
see =
    ldconfig -p | grep -E 'libcuda.so.1|libGLX_nvidia'
    dpkg -l | grep -E 'nvidia.*:i386'
    rpm -qa | grep -E 'nvidia.*i686'
    ls -l /usr/lib/i386-linux-gnu/libcuda.so* /usr/lib/libcuda.so* /usr/lib32/libcuda.so*
helps =
    为该架构安装相同的版本：
    Debian：dpkg --add-architecture i386，apt update，apt install libcuda1:i386 nvidia-driver-libs:i386
    Ubuntu：apt install libnvidia-gl-535:i386 libnvidia-compute-535:i386，535 换成所用的系列
    Fedora、RHEL：dnf install xorg-x11-drv-nvidia-libs.i686，或 nvidia-driver-libs.i686
    Arch：pacman -Syu lib32-nvidia-utils
    不用 32 位程序的话，也可以按确切的包名卸载旧的 32 位软件包。
avoid = 不要为了 32 位库而降级整个驱动，也不要用链接把 64 位的库放到它的位置上。
