name = 空的库文件
title = 驱动库 { $path } 是空文件
explanation = { $path } 只有 0 字节，也不属于任何软件包。{ $found ->
        [first] 程序最先加载到的就是它，于是报 “file too short”。
       *[beside] 程序现在不会加载它。
    }这样的文件共有 { $count } 个。
what = 库目录里有名字像驱动库、却没有内容的文件。
why = 容器运行时会建空文件，作为宿主机驱动库的挂载点；把这样的容器提交成镜像，或者 chroot 目录两用，空文件就留了下来。升级途中磁盘写满或断电，也会留下同样的痕迹。
see =
    find /usr/lib /usr/lib64 -name 'lib*nvidia*.so.*' -size 0
    find /usr/lib /usr/lib64 -name 'libcuda.so.*' -size 0
    ldconfig -p | grep -E 'libcuda|libnvidia'
    df -h /usr
helps =
    把空文件移走：
    mkdir -p /root/nvidia-backup
    用 mv 把空文件逐个移到 /root/nvidia-backup
    ldconfig
    之后如果缺库，就重装提供它们的软件包。
    如果是镜像：在提交的那一层里删掉它们，或改用 Dockerfile 构建镜像，而不是提交运行中的容器。
avoid = 不要用通配符删除，旁边的文件是真的。不要用别的版本去填补空文件。
