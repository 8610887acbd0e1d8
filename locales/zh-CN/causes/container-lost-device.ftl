name = 容器失去 GPU
title = { $state ->
        [lost] 容器 { $container } 已失去对 GPU 的访问
       *[exposed] 下次 daemon-reload 时，容器 { $container } 会失去 GPU
    }
explanation = { $rules ->
        [named] { $container } 的设备规则里写着 GPU，内核却已经不允许容器打开它。
       *[left-out] { $container } 里有进程打开了 GPU，但 systemd 给这个容器的设备规则里没有 GPU。
    }{ $state ->
        [lost] 容器启动之后，systemd 又按自己的规则重设过设备权限，重新加载单元时就会这样。已经打开的还能用，现在再去打开 GPU 就会报 “Failed to initialize NVML: Unknown Error”。
       *[exposed] 现在还能用；一旦 systemd 重新加载单元（升级软件包时常会触发），容器里的 GPU 就不能用了。
    }这样的容器共 { $count } 个。驱动没有问题。
claim-unruled-scope = 容器里的进程 { $name }（{ $pid }）打开了 GPU，而容器的设备规则里没有它
claim-device-list = 内核里这个容器的设备规则不允许打开 GPU
claim-char-link = 缺少这个指向 NVIDIA 设备的链接，而 runc 不会把没有链接的设备写进规则
claim-units-reloaded = 容器启动之后 systemd 重新加载过单元
what = 容器运行时让容器用上了 GPU，却没有告诉 systemd。systemd 重新加载单元时，按它所知道的规则重设容器的设备权限，其中没有 GPU。
why = cgroup 由 systemd 管理，而 NVIDIA 较旧的钩子绕过它添加设备。手工执行或由软件包升级触发的 daemon-reload 会把这些设备收走。使用 CDI，或者逐个写明设备节点，systemd 就知道它们；不过 runc 会漏掉在 /dev/char 下没有链接的设备，240 之前的 systemd 也需要这个链接。
see =
    docker exec CONTAINER nvidia-smi
    grep -r 195: /run/systemd/transient/*.scope.d/50-DeviceAllow.conf
    grep -r 195: /sys/fs/cgroup/devices/system.slice/docker-*/devices.list
    ls -l /dev/char | grep nvidia
    journalctl -t systemd -g Reloading
    docker info | grep -i -E 'cgroup|runtimes'
helps =
    重启容器，在下一次重新加载之前就能继续使用 GPU。
    要根治，任选一种：
    写明每个设备节点：docker run --gpus all --device /dev/nvidiactl --device /dev/nvidia0 --device /dev/nvidia-uvm --device /dev/nvidia-uvm-tools
    改用 CDI：docker run --device nvidia.com/gpu=all
    或者备份 /etc/docker/daemon.json，把其中的 exec-opts 设为 native.cgroupdriver=cgroupfs，再重启 Docker
    runc 还需要 /dev/char 下的链接：
    nvidia-ctk system create-dev-char-symlinks --create-all
avoid = 不要为此重启宿主机或重装驱动。不要只为保住 GPU 就让容器以特权模式运行。
