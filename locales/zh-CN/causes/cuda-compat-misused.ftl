name = 误用 cuda-compat
title = cuda-compat { $version } 被优先加载，在这里却不能用
explanation = 程序先加载到的是 { $path }（{ $version }），而不是驱动自带的 libcuda；驱动是 { $driver }。{ $reason ->
        [consumer] { $gpu } 不支持 CUDA 的前向兼容，会报错误 804。
       *[older] 它并不比驱动自带的新，也不接受更新的模块，会报错误 803 或 804。
    }
what = cuda-compat 提供较新的 libcuda，让它在较旧的内核模块上工作。它只适用于数据中心 GPU，而且只适用于它所针对的旧分支。在别处，只要优先加载到它，程序就会失败。
claim-compat-injected = 容器运行时把镜像自带的 cuda-compat 放在了前面
why = LD_LIBRARY_PATH 或 /etc/ld.so.conf.d 里写了 compat 目录：驱动升级前留下的，从容器镜像照搬的，或者作为工具包的依赖装进来的。在容器里，只要镜像自带的 cuda-compat 比宿主机驱动新，NVIDIA 的运行时就会主动把它放到前面，不管 GPU 是否支持。
see =
    echo "$LD_LIBRARY_PATH"
    grep -r compat /etc/ld.so.conf.d
    ldconfig -p | grep libcuda.so.1
    ls -l /usr/local/cuda/compat
helps =
    把这个目录从路径里去掉：在设置 LD_LIBRARY_PATH 的地方改，或从 /etc/ld.so.conf.d 里删掉后执行 ldconfig
    或者卸载软件包：apt remove cuda-compat-12-4 或 dnf remove cuda-compat-12-4，版本照实际的写
    在容器里：从镜像中删掉 cuda-compat，或换用宿主机驱动支持的 CUDA 版本的镜像。也可以在宿主机的 /etc/nvidia-container-runtime/config.toml 里，在 [nvidia-container-runtime.modes.legacy] 下写 cuda-compat-mode = "disabled"，对所有容器关闭。
    需要更新的 CUDA 时，升级驱动，或换用驱动支持的工具包。
avoid = 不要重装驱动，驱动没有问题。不要为了用 compat 的库而删掉驱动自带的 libcuda。
