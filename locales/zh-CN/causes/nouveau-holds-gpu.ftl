name = GPU 被其他驱动占用
title = 地址 { $address } 的 GPU 被 { $driver } 占用
explanation = 内核自带的驱动 { $driver } 已绑定到地址 { $address } 的 GPU。一个设备只能有一个驱动，NVIDIA 驱动虽然装了，却接管不了它。
what = GPU 绑定在 nouveau 或 nova 上，它们是内核自带的 NVIDIA GPU 驱动。只要被它们占着，NVIDIA 模块就找不到设备。
why = 没有屏蔽 nouveau，或者屏蔽配置没有进入 initramfs，它在启动早期先于 NVIDIA 驱动加载。较新的内核还有 nova_core，只屏蔽 nouveau 拦不住它。
see =
    lspci -k -d 10de:
    lsmod | grep -E 'nouveau|nova|nvidia'
    grep -r -E 'nouveau|nova' /etc/modprobe.d /usr/lib/modprobe.d
    dmesg | grep -E 'NVRM|nouveau'
    cat /proc/cmdline
helps =
    新建 /etc/modprobe.d/blacklist-nouveau.conf，写入：
    blacklist nouveau
    blacklist nova_core
    blacklist nova_drm
    options nouveau modeset=0
    备份 initramfs，再重新生成：
    Debian、Ubuntu：update-initramfs -u
    Fedora、RHEL：dracut -f
    Arch：mkinitcpio -P
    Fedora 的 RPM Fusion 驱动则在内核命令行上设置 rd.driver.blacklist=nouveau,nova_core。
    重启。
avoid = 桌面正在使用 nouveau 时不要卸载它，否则会黑屏。Xorg 日志里出现 nouveau 字样并不说明问题，要看设备实际绑定的是谁。
