name = 磁盘空间不足，无法编译模块
title = 空间不足，没能为内核 { $kernel } 编译 { $version }
explanation =
    { $builder } 为内核 { $kernel } 编译 { $version } 版驱动时磁盘满了。第一处错误是：{ $reason }。日志在 { $log }。{ $on_disk ->
        [none] 这个内核没有 nvidia 模块。
       *[other] 磁盘上的模块仍是 { $on_disk }。
    }
what = 编译或安装内核模块时磁盘已满，这个内核因此没有 nvidia 模块，或者只有上一版驱动的模块。
why = 旧内核及其 initramfs 占满了 /boot，编译目录占满了 /var，或者多个内核的模块占满了 /lib/modules。磁盘配额用尽也是同样的结果。
see =
    df -h / /boot /var /tmp
    df -i / /boot /var
    dkms status
    grep -m1 -n 'No space left' /var/lib/dkms/nvidia*/*/build/make.log
    du -sh /var/lib/dkms /var/cache /var/log /boot
helps =
    先腾出空间：
    Debian、Ubuntu：apt clean，再看过列表后执行 apt autoremove --purge
    Fedora、RHEL：dnf clean all，再执行 dnf remove --oldinstallonly
    journalctl --vacuum-size=200M
    然后重新编译：
    dkms autoinstall -k $(uname -r)
    akmods --force --kernels $(uname -r)
    如果满的是 /boot，还要重建 initramfs：update-initramfs -u 或 dracut -f
avoid = 不要手工删除 /boot 或 /lib/modules 里的文件，旧内核要通过软件包卸载。至少留一个能用的旧内核。模块和 initramfs 没有完整写好之前不要重启。
