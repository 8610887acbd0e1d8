name = CDI 规范过期
title = { $used ->
        [no] 有一份过期的 CDI 规范 { $path }，目前没有使用
       *[yes] CDI 规范 { $path } 里的驱动文件{ $state ->
            [gone] 已不存在
           *[other] 版本不对
        }
    }
explanation = { $path } 要求把 { $file } 挂载进容器，{ $state ->
        [gone] 但这个文件已经不存在
       *[other] 它的版本是 { $version }，而已加载的模块是 { $driver }
    }。其中这样的驱动文件共 { $count } 个。{ $used ->
        [no] 同类的另一份规范较新，优先级也更高，容器不会用到这一份。
       *[yes] 通过 CDI 申请 GPU 的容器会启动失败，或者得到被模块拒绝的库。驱动本身没有问题。
    }
claim-cdi-file-gone = 规范里的文件已不存在
claim-cdi-other-version = 规范里的文件版本不对
what = CDI 规范告诉 Podman、Docker 和 Kubernetes 要把哪些驱动文件挂载进容器，文件名都带完整的版本号。驱动升级后，这些文件名就不对了，要重新生成规范才行。
why = 升级了驱动，或者升级了 egl-wayland 这类单独打包的库，却没有重新生成规范。工具包自带的刷新服务只管 /var/run/cdi 下它自己的文件，而且 nvidia-smi 出错时它也会失败；从前手工写进 /etc/cdi 的文件不会有人更新。
see =
    ls -l /etc/cdi /var/run/cdi
    grep -h hostPath /etc/cdi/nvidia.yaml /var/run/cdi/nvidia.yaml | sort -u
    nvidia-ctk cdi list
    systemctl status nvidia-cdi-refresh.service
    cat /proc/driver/nvidia/version
helps =
    先确认宿主机上 nvidia-smi 正常，再在原来的位置重新生成：
    nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml
    工具包带有刷新服务的，只保留它生成的文件：
    mv /etc/cdi/nvidia.yaml /root/
    systemctl enable --now nvidia-cdi-refresh.path
    systemctl restart nvidia-cdi-refresh.service
    之前创建的容器需要重新创建。
avoid = 不要手工改文件里的版本号。不要重装驱动：驱动没有问题。不要用旧文件名做链接指向新文件。
