name = 库路径被环境变量改变
title = { $unit ->
        [none] {""}
       *[other] { $unit }：
    }{ $variable } 引入了 { $version ->
        [none] 别处的
       *[other] { $version } 版的
    } { $library }，应为 { $expected }
explanation = { $unit ->
        [none] 在这个环境里，{ $variable } 使程序加载的 { $library } 是
       *[other] { $unit } 的配置里有一行设置了 { $variable }，使该服务加载的 { $library } 是
    } { $path }{ $version ->
        [none] （版本不明）
       *[other] （版本 { $version }）
    }，而驱动需要的是 { $expected }。系统自身的库没有问题，不设这个变量的程序用的就是系统的库。{ $unit ->
        [none] {""}
       *[other] 只要这一行还在，重启该服务也没有用。
    }
what = 环境变量让加载器优先从别的目录加载驱动库，而那个库与已加载的内核模块版本不同。
why = shell 配置、服务单元、环境模块（module）或启动脚本里设置了 LD_LIBRARY_PATH 或 LD_PRELOAD，指向一个存有旧版驱动库的目录。
see =
    env | grep -E '^LD_(LIBRARY_PATH|PRELOAD)='
    ldd $(which nvidia-smi)
    LD_DEBUG=libs nvidia-smi 2>&1 | grep libnvidia-ml
    grep -r LD_LIBRARY_PATH ~/.bashrc ~/.profile /etc/profile.d /etc/environment
    env -u LD_LIBRARY_PATH -u LD_PRELOAD nvidia-smi
helps =
    先去掉变量试一次：env -u LD_LIBRARY_PATH nvidia-smi
    找出在哪里设置的：~/.bashrc、~/.profile、/etc/profile.d、/etc/environment、systemctl cat 查看的单元、module show。
    /etc/environment 和 /etc/systemd/system 中单元文件里的这种行，nvmend apply 会修改，也能还原。
    备份那个文件，只从列表里去掉这一个目录，其余不动。
    别的程序确实需要那里的文件时，只给那个程序单独设置变量。
avoid = 不要重装驱动，驱动没有问题。不要为了迁就这个变量去移动或删除系统库。
