name = 显示部分版本不一致
title = 显示相关的驱动文件与驱动 { $expected } 不一致
explanation = { $what ->
        [manifest] 清单文件 { $path } 指定的 { $version } 不存在，使用 Vulkan 或 EGL 的程序找不到 NVIDIA 驱动。
       *[version] { $path } 的版本是 { $version }，而模块和 CUDA 库是 { $expected }。nvidia-smi 和 CUDA 正常，X、OpenGL 或 Vulkan 程序会失败。
    }
what = X、OpenGL、EGL、Vulkan 加载的库和模块与驱动其余部分版本不同，或者指向它们的清单文件落了空。
why = 图形软件包与计算软件包是分开的，没有一起升级、被锁定，或者是另一个系列留下的；也可能是库的软件包卸载了，清单文件还在。
see =
    nvidia-smi
    grep -E 'NVIDIA GLX Module|NVIDIA dlloader|API mismatch' /var/log/Xorg.0.log
    ldconfig -p | grep -E 'libGLX_nvidia|libEGL_nvidia|libnvidia-glcore'
    cat /usr/share/vulkan/icd.d/nvidia_icd*.json
    dpkg -l | grep -E 'libnvidia-gl|xserver-xorg-video-nvidia'
helps =
    在一次事务里把图形软件包升到与其余部分相同的版本：
    Debian：apt install nvidia-driver-libs xserver-xorg-video-nvidia，版本与 nvidia-kernel-dkms 相同
    Ubuntu：apt install libnvidia-gl-535 xserver-xorg-video-nvidia-535，535 换成所用的系列，版本与 libnvidia-compute 相同
    Fedora、RHEL：dnf distro-sync '*nvidia*'
    Arch：pacman -Syu nvidia-utils
    然后重启显示管理器。清单文件落空的：装上提供该库的软件包，或卸载带清单的那个。
avoid = 不要重装内核部分，它是对的。不要手工改 /usr/lib 里的链接，那归软件包和 alternatives 管。
claim-display-file = 显示程序加载的驱动文件
claim-manifest = 此清单文件指定的库
