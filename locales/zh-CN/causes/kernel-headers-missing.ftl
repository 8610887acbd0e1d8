name = 缺少内核头文件
title = 缺少内核 { $kernel } 的头文件，无法编译 { $version }
explanation =
    { $builder } 已备好 { $version } 版驱动源码，但没有安装内核 { $kernel } 的头文件，无法为它编译模块。{ $on_disk ->
        [none] 这个内核没有 nvidia 模块。
       *[other] 磁盘上的模块仍是 { $on_disk }。
    }
what = 编译内核模块时，DKMS 和 akmods 需要与目标内核版本完全一致的头文件。头文件是单独的软件包，现在没有安装。
why = 内核升级了，头文件没有跟着升级：当初只装了某一版的头文件包，而没有装跟随内核升级的元包。也可能软件源里已经没有这一版的头文件了。
see =
    uname -r
    ls -d /lib/modules/$(uname -r)/build
    dkms status
    dpkg -l 'linux-headers-*'
    rpm -q kernel-devel
helps =
    安装与当前内核完全一致的头文件，并装上元包，以后就会一起升级：
    Debian：apt install linux-headers-$(uname -r) linux-headers-amd64
    Ubuntu：apt install linux-headers-$(uname -r) linux-headers-generic
    Fedora、RHEL：dnf install kernel-devel-$(uname -r)
    Arch：pacman -S linux-headers
    装好后 DKMS 会自动编译；如果没有：
    dkms autoinstall -k $(uname -r)
    软件源里已经没有这一版时，把内核和头文件一起升级，再重启进新内核。
avoid = 不要拿别的内核的头文件做链接顶替：编出来的模块会被内核拒绝。模块编好之前不要重启。
