name = 模块被屏蔽
title = 配置禁止加载 nvidia 模块
explanation = { $place } 里的 “{ $line }” 一行禁止加载 nvidia 模块。也可能是有意为之，例如用 prime-select intel 省电。
what = 磁盘上有合适的模块，但 modprobe 的配置或内核命令行不许加载它。
why = 由 prime-select intel、bumblebee 或省电工具写入；有人排查其他故障时加的；或者本来想屏蔽的是 nouveau。
see =
    modprobe --show-depends nvidia
    modprobe --showconfig | grep nvidia
    grep -r nvidia /etc/modprobe.d /usr/lib/modprobe.d
    cat /proc/cmdline
    prime-select query
helps =
    如果是有意的，就不必动它：这块 GPU 本来就要停用。
    Ubuntu：prime-select on-demand，或 prime-select nvidia
    否则先备份该文件，删掉这一行，再重新生成 initramfs：
    Debian、Ubuntu：update-initramfs -u
    Fedora、RHEL：dracut -f
    如果写在内核命令行上，就修改引导程序的配置。
    执行 modprobe nvidia，或者重启
avoid = 屏蔽 nouveau 的那几行是对的，不要删。
