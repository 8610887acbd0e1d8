name = 模块编译失败
title = { $builder } 为内核 { $kernel } 编译 { $version } 失败
explanation =
    { $builder } 尝试为内核 { $kernel } 编译 { $version } 版驱动，但失败了。{ $reason ->
        [none] 日志里没有能识别的错误：编译可能中途被打断，也可能仍在进行。
       *[other] 第一处错误是：{ $reason }。
    }日志在 { $log }。{ $on_disk ->
        [none] 这个内核没有 nvidia 模块。
        [unseen] 这里看不到该内核是否另有可用的 nvidia 模块。
       *[other] 磁盘上的模块仍是 { $on_disk }。
    }
what = 内核模块没有编译成功，这个内核因此没有 nvidia 模块，或者只有上一版驱动的模块。
why = 最常见的是驱动太旧，跟不上新内核；或者编译器与编译内核时用的不同。也可能是磁盘已满、源码损坏。看日志里第一处带 “error:” 的行，其后的报错，尤其是 modpost 的 “undefined!”，都只是后果。
see =
    dkms status
    grep -m1 -n 'error:' /var/lib/dkms/nvidia*/*/build/make.log
    ls /var/cache/akmods/nvidia/*.failed.log
    grep -m1 -n 'error:' /var/log/nvidia-installer.log
    cat /proc/version
    gcc --version
helps =
    先看日志里的第一处错误，然后依次尝试：
    在引导菜单里选一个已有模块的旧内核启动。
    升级同系列的驱动，或换用支持这个内核的新系列：
    Debian、Ubuntu：apt update，再用 apt install --only-upgrade 升级驱动软件包
    Fedora、RHEL：dnf upgrade --refresh
    安装编译内核时所用版本的编译器。
    备份 /var/lib/dkms 与 /etc/modprobe.d，再重新编译：
    dkms autoinstall -k $(uname -r)
    akmods --force --kernels $(uname -r)
avoid = 不要重装系统，不要删掉还能用的旧内核，不要手工改源码。仅有 “the compiler differs” 这条警告，不必更换编译器。
