name = 软件包没有装完
title = 软件包 { $package } 的状态是 { $state }
explanation = 软件包管理器没有处理完 { $package }，它的状态是 “{ $state }”。没有装完的驱动软件包共有 { $count } 个。在处理完之前，新旧版本的文件可能并存。
what = 驱动的软件包只解包或只卸载了一部分，安装脚本没有执行完，因此模块可能没有编译，链接也可能缺失。
why = 升级中断（断电、磁盘满、终端被关掉），或者软件包的脚本执行失败，最常见的是模块编译失败。
see =
    dpkg --audit
    dpkg -l | grep -i nvidia | grep -v '^ii'
    rpm -qa --last | grep -i nvidia
    dnf check --duplicates
    df -h / /boot /var
    tail -50 /var/log/apt/term.log
helps =
    先看软件包管理器日志里的第一处错误，并检查剩余空间，然后完成这次事务：
    Debian、Ubuntu：dpkg --configure -a，再 apt install -f
    Fedora、RHEL、SUSE：同一软件包有两个版本并存时，用完整名称卸载旧版本
    Arch：pacman -Syu
    如果卡在模块编译上，先解决编译问题：头文件、编译器、驱动版本。
avoid = 软件包管理器正在运行时，不要删除它的锁文件。不要手工编辑 /var/lib/dpkg/status。不要在此之上再装一遍。
