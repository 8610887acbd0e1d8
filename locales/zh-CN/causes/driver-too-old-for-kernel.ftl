name = 驱动太旧，不支持这个内核
title = 驱动 { $version } 无法在内核 { $kernel } 上编译
explanation =
    { $builder } 没能为内核 { $kernel } 编译 { $version } 版驱动：驱动源码调用的接口在这个内核里已经改变或取消。第一处错误是：{ $reason }。日志在 { $log }。{ $on_disk ->
        [none] 这个内核没有 nvidia 模块。
       *[other] 磁盘上的模块仍是 { $on_disk }。
    }
what = 内核的内部接口随版本变化。驱动只认识发布时已有的内核，放到新得多的内核上就编译不过。
why = 内核升级了（新的发行版本、HWE 内核或主线内核），驱动却没有跟着升级；或者驱动属于不再适配新内核的旧系列（390、470）。
see =
    uname -r
    dkms status
    grep -m1 -n 'error:' /var/lib/dkms/nvidia*/*/build/make.log
    ls /lib/modules
helps =
    应急：在引导菜单里选一个已有模块的旧内核启动。
    然后把驱动升级到支持新内核的版本：
    Debian、Ubuntu：apt update，再用 apt install --only-upgrade 升级驱动软件包，或改装更新的系列
    Fedora、RHEL：dnf upgrade --refresh
    如果 GPU 只受旧系列支持，就留在长期支持内核上（linux-lts 或发行版自带的内核），并阻止安装更新的内核。
avoid = 不要卸载还能用的旧内核。不要手工给源码打补丁，也不要重装同一版驱动：结果不会变。
