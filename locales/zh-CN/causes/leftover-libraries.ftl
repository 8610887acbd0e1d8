name = 残留的旧驱动库
title = 驱动是 { $expected }，却残留着 { $version } 的库
explanation = { $path } 是 { $version } 版驱动的库，不属于任何软件包，而内核模块是 { $expected }。{ $found ->
        [first] 程序最先加载到的就是它，因此会被模块拒绝。
       *[beside] 程序现在不会加载它，但下一次 ldconfig 之后就难说了。
    }这样的文件共有 { $count } 个。
what = 系统的库目录里有其他版本的驱动库，不属于任何软件包。一旦被加载，程序面对的就是另一个版本的模块。
why = 来自以前 .run 的安装、卸载程序恢复的旧备份、手工拷贝的文件，或中断的升级。
see =
    ldconfig -p | grep -E 'libcuda|libnvidia'
    ls -l /usr/lib/x86_64-linux-gnu/libcuda.so* /usr/lib64/libcuda.so*
    dpkg -S /usr/lib/x86_64-linux-gnu/libcuda.so.1
    rpm -qf /usr/lib64/libcuda.so.1
    cat /var/log/nvidia-uninstall.log
helps =
    先把文件移走，不要直接删除：
    mkdir -p /root/nvidia-backup
    用 mv 把残留文件逐个移到 /root/nvidia-backup
    ldconfig
    再确认链接指向正确的版本；不对就重装库软件包：
    Debian、Ubuntu：apt install --reinstall，后接提供 libcuda 与 libnvidia-ml 的软件包
    Fedora、RHEL：dnf reinstall '*nvidia*libs*'
avoid = 不要在 /usr/lib 里用通配符删除。容器运行时挂载进来的库、正在使用的 .run 驱动的库，同样不属于任何软件包，却是正确的。
