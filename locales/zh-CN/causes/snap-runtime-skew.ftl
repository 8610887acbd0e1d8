name = snap 使用的驱动库版本不对
title = { $what ->
        [process] snap 程序 { $name } 使用 { $version } 的驱动库，模块是 { $loaded }
       *[files] snapd 里的驱动库是 { $version }，模块是 { $loaded }
    }
explanation = { $what ->
        [process] { $name } 是 snap 程序，映射的库是 { $version } 版；已加载的模块是 { $loaded }，会拒绝它的新连接。
       *[files] snapd 存放驱动库的目录里有 { $version } 版的文件，没有与已加载模块 { $loaded } 相同版本的。某个 snap 是否在用它们，从外面看不出来。
    }snap 之外的程序不受影响。
claim-snap-library = snapd 目录里的驱动库
what = snapd 在 /var/lib/snapd/lib 下向每个 snap 提供系统的 NVIDIA 库，取与已加载模块同版本的。升级前就在运行的 snap，或者长期留在那里的文件，版本就对不上了。
why = 升级并重新加载驱动之后没有重启这个 snap，它保留着旧的挂载；或者那里放过为旧驱动准备的图形内容。
see =
    snap list
    ls -l /var/lib/snapd/lib/gl
    snap run --shell SNAP -c 'ls /var/lib/snapd/lib/gl'
    cat /sys/module/nvidia/version
helps =
    完全退出这个 snap 的程序（包括后台进程），再重新启动。
    如果仍是旧文件，在它没有运行时丢弃保留的挂载：
    /usr/lib/snapd/snap-discard-ns SNAP
    snap refresh
avoid = 不要往 /var/lib/snapd 里复制库。不要清除 snapd：snap 的数据会一起丢失。
