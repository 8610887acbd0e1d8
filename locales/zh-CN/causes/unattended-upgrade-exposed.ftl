name = 自动升级可能替换驱动
title = { $program } 可能在驱动使用期间把它换掉
explanation = 这台机器会自动升级软件包（{ $program }），而驱动没有排除在外：软件包 { $package } 随时可能升到新版本。升级时用户态库会立刻换成新的，已加载的内核模块却不会，此后启动的程序都会报错，直到重新加载模块或重启。
what = 驱动已加载，工作正常。定时任务每天自动升级软件包，驱动也在其中，并不管是否有人正在使用 GPU。
why = Ubuntu 默认开启自动升级，而安全更新源里会有新版驱动；Debian 则会在小版本更新（point release）时带来新驱动。其他情况下，是有人开启了自动升级，或者允许了驱动所在的软件源。
see =
    apt-config dump | grep -i -e unattended -e periodic
    systemctl list-timers apt-daily-upgrade.timer 'dnf*-automatic*'
    apt-mark showhold
    grep -i nvidia /var/log/unattended-upgrades/unattended-upgrades.log
helps =
    如果机器上跑长时间任务，驱动应当只在计划内升级：
    Debian、Ubuntu：在 /etc/apt/apt.conf.d 的某个文件里列出驱动的全部软件包
    Unattended-Upgrade::Package-Blacklist {"{"} "nvidia"; "libnvidia"; "linux-.*nvidia"; {"}"};
    Fedora、RHEL：在 /etc/dnf/automatic.conf 里写 excludepkgs=*nvidia*
    这个文件可以由 nvmend 来写：nvmend plan --remedy hold-driver
    以后在维护窗口手动升级，升级后立即重新加载模块或重启。
    如果夜间重启没有影响，也可以让升级之后自动重启：Unattended-Upgrade::Automatic-Reboot "true";
avoid = 不要把自动升级整个关掉：其他软件的安全修复也靠它。只锁住元包不起作用；只写 "nvidia" 也匹配不到 libnvidia 开头的软件包。
claim-upgrades-on = 已开启自动升级
claim-upgrade-source = 会带来新驱动的允许来源
