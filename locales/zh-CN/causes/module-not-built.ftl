name = 没有为当前内核编译模块
title = { $builder } 还没有为内核 { $kernel } 编译 { $version }
explanation =
    { $builder } 里有 { $version } 版的驱动源码，但没有为内核 { $kernel } 编译过。{ $on_disk ->
        [none] 这个内核根本没有 nvidia 模块。
       *[other] 磁盘上的模块仍是 { $on_disk }。
    }用户态库必须配同版本的模块。只重启没有用：没有新模块可以加载。
what = 用户态库已是新版本，而负责编译内核模块的 DKMS 或 akmods 还没有为这个内核编译，于是内核要么没有模块，要么只有旧模块。
why = 编译被中断；akmods 还没编完就重启了；内核比 DKMS 装得早；或者软件包的脚本根本没有执行。软件包显示“已安装”，不等于模块已经编好。
see =
    dkms status
    ls /var/cache/akmods/nvidia
    modinfo -F version nvidia
    ls -d /lib/modules/$(uname -r)/build
    cat /proc/driver/nvidia/version
helps =
    先确认与当前内核版本完全一致的头文件已装好：
    Debian、Ubuntu：apt install linux-headers-$(uname -r)
    Fedora、RHEL：dnf install kernel-devel-$(uname -r)
    备份 /lib/modules/$(uname -r)/updates，再编译：
    DKMS：dkms autoinstall -k $(uname -r)
    akmods：akmods --force --kernels $(uname -r)
    depmod -a
    然后重新加载模块，或者重启。
avoid = 编译完成之前不要重启。不要从别的内核拷贝模块。不要在软件包之上再装 NVIDIA 的 .run 驱动。
