name = 模块是为别的内核编译的
title = 内核 { $kernel } 拒绝了为别的内核编译的模块
explanation = 模块 { $path } { $built_for ->
        [none] 与内核 { $kernel } 不匹配。
       *[other] 是为内核 { $built_for } 编译的。
    }内核只接受用它自己的头文件编译的模块。
what = nvidia 模块放在这个内核的目录里，却是为另一个内核编译的，加载时报 “Exec format error”“version magic” 或 “disagrees about version of symbol”。
why = 从别的内核拷贝或链接了模块；内核重新编译过而版本号没变；DKMS 编译时头文件与内核不符；或者预编译的模块包没有跟上内核。
see =
    uname -r
    modinfo -F vermagic nvidia
    dmesg | grep -E 'version magic|disagrees about version'
    dkms status
helps =
    安装与当前内核完全一致的头文件，再重新编译：
    dkms remove nvidia/535.261.03 -k $(uname -r)，名称和版本照 dkms status 的输出写
    dkms install nvidia/535.261.03 -k $(uname -r)
    akmods --force --kernels $(uname -r)
    预编译的模块：安装对应这个内核的模块包，或者用它对应的内核启动。
avoid = 不要强行加载（modprobe --force），可能导致内核崩溃。不要改名或链接别的内核的模块目录。
