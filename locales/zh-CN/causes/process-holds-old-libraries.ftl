name = 进程仍在用旧库
title = { $name }（{ $pid }）还在用 { $version } 版的驱动库
explanation = 进程 { $name }（{ $pid }）内存里是 { $version } 版的驱动库，而已加载的模块是 { $driver }，它下一次调用就会被模块拒绝。受影响的进程共 { $count } 个。
what = 模块更换之前启动的进程，内存里一直是旧库，即使文件早已删除。重启这些进程之前，它们用不了新模块。
why = 升级后没有重启机器，只重新加载了模块；而只读取数据的服务（监控、调度、exporter）不占用设备，一直没有停。
see =
    grep -l 'libnvidia-ml.so\|libcuda.so' /proc/[0-9]*/maps
    grep -h 'nvidia.*deleted' /proc/[0-9]*/maps
    cat /sys/module/nvidia/version
helps =
    重启列出的进程，最好通过所属的服务：
    systemctl status 后接进程号，可以看到属于哪个服务
    systemctl restart 后接服务名
    如果是容器，重启容器，让它换上新库。
avoid = 不要再次重新加载模块，也不要重装任何东西：旧的只是这几个进程。
