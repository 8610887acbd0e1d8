name = 编译器与内核不匹配
title = 编译器与内核 { $kernel } 不匹配，{ $version } 没有编译成功
explanation =
    { $builder } 没能为内核 { $kernel } 编译 { $version } 版驱动，因为现在的编译器不是编译该内核时所用的。第一处错误是：{ $reason }。日志在 { $log }。{ $on_disk ->
        [none] 这个内核没有 nvidia 模块。
       *[other] 磁盘上的模块仍是 { $on_disk }。
    }
what = 内核模块要用与内核相同的选项来编译。换了版本的编译器，或者该用 clang 却用了 gcc，就会遇到不认识的选项，编译随即中止。
why = 内核来自别的发行版本（HWE 内核、backports 内核），与系统默认的编译器不配套；默认编译器被手工改过（update-alternatives、CC 变量）；或者内核是用 clang 编译的。
see =
    cat /proc/version
    gcc --version
    update-alternatives --display gcc
    grep -n -m3 -E 'compiler differs|unrecognized|CC version' /var/lib/dkms/nvidia*/*/build/make.log
helps =
    安装 /proc/version 里写的那个编译器，与现有的并存：
    Debian、Ubuntu：apt install gcc-12，版本号换成编译内核所用的
    Fedora、RHEL：先整体升级系统，再 dnf install gcc
    如果默认编译器被手工改过，改回来：update-alternatives --auto gcc
    然后重新编译：
    dkms autoinstall -k $(uname -r)
    akmods --force --kernels $(uname -r)
    在此之前，可以用已有模块的旧内核启动。
avoid = 不要设置 IGNORE_CC_MISMATCH 绕过检查，那只会掩盖原因。不要为了一个模块替换系统默认的编译器，多装一个就够了。
