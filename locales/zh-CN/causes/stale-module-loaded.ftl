name = 内核里还是旧模块
title = { $on_disk ->
        [none] { $library ->
            [none] 内核正在运行 { $loaded } 模块，驱动库却是另一个版本
           *[other] 内核正在运行 { $loaded } 模块，驱动库已是 { $library }
        }
       *[other] 内核仍在运行 { $loaded } 模块，磁盘上已是 { $on_disk }
    }
explanation = { $on_disk ->
        [none] 正在运行的 nvidia 模块是 { $loaded }，{ $library ->
            [none] 驱动库是另一个版本，
           *[other] 驱动库是 { $library }，
        }因此被模块拒绝。最可能的情况是：驱动升级时模块正在运行，重新加载模块或重启即可恢复一致。但这里看不到磁盘上的模块：如果它仍是 { $loaded }，说明驱动只升级了一半，重启没有用。请先确认再动手：modinfo -F version nvidia
       *[other] 驱动升级到 { $on_disk } 时，{ $loaded } 版的 nvidia 模块正在运行，内核没有换上新模块。{ $library ->
            [none] 目前没有找到会与它冲突的驱动库，但一旦装上就会冲突。
           *[other] 现在启动的程序加载的是 { $library } 版的库，会被旧模块拒绝。
        }磁盘上的文件彼此一致，只有内核里的模块是旧的。
    }
what = 驱动升级之后，内核里运行的还是升级前的 nvidia 模块，而磁盘上的模块文件和用户态库都已是新版本。新启动的程序加载新库，旧模块拒绝与之通信，于是报 “Driver/library version mismatch”。
why = 升级软件包只替换磁盘上的文件，正在使用的内核模块无法就地替换。无人值守的自动升级（unattended-upgrades）常在夜里这么做。升级前就在运行的程序内存里还是旧库，照常工作，所以故障往往过一阵才暴露。
see =
    cat /proc/driver/nvidia/version
    modinfo -F version nvidia
    nvidia-smi
    ldconfig -p | grep -E 'libcuda.so.1|libnvidia-ml.so.1'
    grep -i nvidia /var/log/apt/history.log /var/log/dnf.log
helps =
    不想重启时：先停掉占用 GPU 的程序（桌面、nvidia-persistenced、容器、CUDA 任务），再执行
    systemctl stop nvidia-persistenced
    modprobe -r nvidia_drm nvidia_modeset nvidia_uvm nvidia
    modprobe nvidia
    停不掉就直接重启。
    为避免再次发生，请锁定全部驱动软件包，或把它们排除在自动升级之外，选能重启的时候再升级：
    Debian、Ubuntu：apt-mark hold 所有 nvidia 与 libnvidia 软件包，只锁元包没有用
    Fedora、RHEL：dnf versionlock add
avoid = 不要重装或清除驱动：磁盘上的文件没有问题。不要用 rmmod -f 强行卸载，也不要卸到一半就停下：nvidia_uvm 没了，旧模块还在，CUDA 反而完全不能用。
