name = 当前内核没有模块
title = 内核 { $kernel } 没有 { $version ->
        [none] 任何
       *[other] { $version } 版
    } nvidia 模块
explanation =
    { $on_disk ->
        [unseen] modinfo 在内核 { $kernel } 下没有找到 nvidia 模块；能否编译一个，这里看不到。
        [none] 内核 { $kernel } 没有 nvidia 模块，也没有可供 DKMS 或 akmods 编译的源码。
       *[other] 内核 { $kernel } 的 nvidia 模块是 { $on_disk } 版，也没有可供 DKMS 或 akmods 另行编译的源码。
    }{ $other ->
        [unseen] { "" }
        [none] 已安装的其他内核也没有合适的模块。
       *[other] 内核 { $other } 有合适的模块，用它启动即可。
    }{ $version ->
        [none] { "" }
       *[other] 用户态库的版本是 { $version }。
    }
what = 驱动文件已安装，但其中没有适合当前内核的模块。预编译的模块是按内核版本分别打包的，缺的正是当前内核的那一份。
why = 内核升级了，对应的预编译模块包没有跟上；或者驱动是用 .run 装的，没有启用 DKMS；或者升级时删掉了当前内核的目录，而系统还没有重启。
see =
    uname -r
    find /lib/modules -name 'nvidia*.ko*'
    modinfo -n nvidia
    dpkg -l 'linux-modules-nvidia-*'
    rpm -qa 'kmod-nvidia*'
helps =
    用有模块的内核启动，或者为当前内核装上模块：
    Ubuntu：apt install linux-modules-nvidia-535-$(uname -r)，其中 535 换成所用驱动的系列
    Debian：apt install nvidia-kernel-dkms linux-headers-amd64
    RPM Fusion：dnf install akmod-nvidia kernel-devel-$(uname -r)，再执行 akmods --force
    RHEL：dnf install kmod-nvidia-latest-dkms，或改用预编译的模块流
    Arch：重启，或安装 nvidia-open-dkms 与 linux-headers
    用 .run 安装的驱动：在当前内核下重新安装，并加上 --dkms
avoid = 不要从别的内核目录拷贝模块，不要用 modprobe -f 强行加载。
