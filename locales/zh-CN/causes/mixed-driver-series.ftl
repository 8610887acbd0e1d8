name = 装了两个系列的驱动
title = 同时装了两个系列的驱动：{ $first } 与 { $second }
explanation = 系统里并存两个系列的驱动软件包：{ $first_package }（{ $first }）和 { $second_package }（{ $second }）。内核模块与程序实际加载的用户态库必须属于同一系列，而用哪套库取决于 /etc/alternatives 之类的链接。
what = 同时安装了两个系列的驱动（例如 470 与 535，或 tesla 版与普通版）。每个系列都有自己的模块和库，混用就不能工作。
why = 装新系列时旧系列没有卸干净；某个依赖拉进了另一个系列；或者手工设过 Debian 的 alternatives，不再跟随已装的驱动。
see =
    dpkg -l | grep -i nvidia
    update-alternatives --display nvidia
    ls -l /etc/alternatives/ | grep nvidia
    modinfo -F version nvidia
    ldconfig -p | grep -E 'libcuda.so.1|libnvidia-ml.so.1'
helps =
    先确定哪个系列支持你的 GPU，并把已装软件包的列表存成文件。
    Debian：update-glx --config nvidia，或 update-alternatives --auto nvidia
    再按确切的包名清除另一个系列：
    Debian、Ubuntu：apt purge，包名照 dpkg -l 的列表写
    Fedora、RHEL：dnf remove，包名照 rpm -qa 的列表写
    ldconfig
    用 nvidia-smi 确认；模块有变化时，重新加载模块或重启。
avoid = 不要用 nvidia* 这样的通配符清除软件包，之后也不要不看列表就执行 autoremove：两者都曾把要保留的那个系列的库一并删掉。
