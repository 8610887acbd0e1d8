name = 加载了桩库
title = { $library } 是桩库，什么也做不了
explanation = 程序加载的 { $library } 是 { $path }，它是 CUDA 工具包的桩库（stub），只供链接使用。{ $variable ->
        [none] 是加载器的配置指到了那里。
       *[other] 是 { $variable } 指到了那里。
    }{ $bare ->
        [yes] 只有直接打开这个不带 .1 的名字的程序才会拿到桩库而失败；用 { $library }.1 找到的仍是驱动自己的库。
       *[no] {""}
    }
what = CUDA 工具包带有桩库，让没有驱动的机器也能链接程序。程序运行时若加载了桩库，所有调用都会失败（“CUDA driver is a stub library”，错误 34）。
why = lib64/stubs 目录被写进了 LD_LIBRARY_PATH 或 /etc/ld.so.conf.d，多半出自编译脚本、Dockerfile，或是为了解决 “cannot find -lcuda” 而加的。
see =
    echo $LD_LIBRARY_PATH
    ldconfig -p | grep libcuda
    ldd /usr/bin/nvidia-smi
    grep -r stubs /etc/ld.so.conf.d ~/.bashrc ~/.profile /etc/profile.d /etc/environment
helps =
    在设置 LD_LIBRARY_PATH 的地方去掉 stubs 目录：~/.bashrc、/etc/profile.d、/etc/environment、systemd 单元或 Dockerfile。
    如果是 /etc/ld.so.conf.d 里的文件：先备份，删掉那一行，再执行 ldconfig。
    编译时改用 LIBRARY_PATH 或 -L，它们只在链接时起作用。
    然后打开新的终端再试。
avoid = 不要删除桩库，链接时还要用。不要把 libcuda.so.1 链接到桩库。
